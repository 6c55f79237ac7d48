/** A part of a page that HTMX fetches and posts by its own attributes. */

import '#vendor/htmx';

export function mount() {
  return () => {};
}
