/** The Layers sheet: what is drawn and how. Every change shows at once on the map above it. */

import { DEFAULTS, formatAddress, toggled } from '#heatmap/address';
import { isRising, isUsual } from '#heatmap/ages';
import { usdOfCode } from '#heatmap/frame';
import { percent } from '#heatmap/money';
import { PALETTES } from '#heatmap/palette';
import { amountAt, rankOf } from '#heatmap/percentiles';
import { say } from '#words';

const FIVE = ['0', '1', '2', '3', '4'];
const SIDES = ['long', 'short'];
const TOP = 0.95;

/** @param {import('#heatmap/widget').Page} page */
export function mountLayers({ root, store, part, go, signal }) {
  const [low, high] = [part('range-lo'), part('range-hi')];

  part('layers-reset').addEventListener('click', () => {
    const { tf, view, at, cur } = store.values.address;
    go({ ...DEFAULTS, tf, view, at, cur });
  }, { signal });

  root.addEventListener('click', (event) => {
    const chip = event.target.closest('button.chip');
    if (!chip || chip.closest('[data-part="age-row"]')) return;
    const { address } = store.values;
    const { side, lev, age, venue, palette, bin, layer, axis, top } = chip.dataset;
    if (axis) go({ axis });
    if (top) go({ lo: address.lo && isTop() ? null : topAmount(), hi: null });
    if (layer) go({ layers: address.layers.includes(layer) ? address.layers.filter((one) => one !== layer) : [...address.layers, layer] });
    if (side) go({ sides: toggled(address.sides, side, SIDES) });
    if (lev) go({ lev: toggled(address.lev, lev, FIVE) });
    if (age) go({ age: toggled(address.age, age, FIVE) });
    if (venue && address.vs) go(pairWith(venue, address));
    else if (venue) go({ venues: toggled(address.venues, venue, venuesOf(store)) });
    if (bin) go({ bin });
    if (palette) go({ palette });
  }, { signal });

  part('age-edges').addEventListener('submit', (event) => {
    event.preventDefault();
    const windows = [...new FormData(event.target).values()].map((edge) => edge.trim());
    if (!isRising(windows)) part('age-error').textContent = say('rising');
    else location.assign(location.pathname + formatAddress({ ...store.values.address, age: [], windows: isUsual(windows) ? [] : windows }));
  }, { signal });

  const topAmount = () => {
    const { counts, picture } = store.values;
    return Number(amountAt(counts, usdOfCode(picture), TOP).toPrecision(3));
  };
  const isTop = () => Math.abs(store.values.address.lo / topAmount() - 1) < 0.02;

  const onRange = () => {
    const { counts, picture } = store.values;
    if (!counts) return;
    const usd = usdOfCode(picture);
    const lo = amountAt(counts, usd, Math.min(low.value, high.value - 2) / 100);
    const hi = amountAt(counts, usd, high.value / 100);
    go({ lo: Number(lo.toPrecision(3)), hi: Number(Math.max(hi, lo * 1.1).toPrecision(3)) }, { replace: true });
  };
  for (const input of [low, high]) input.addEventListener('input', onRange, { signal });

  const stops = [
    store.on(['address', 'picture'], showChips),
    store.on(['range', 'money', 'counts'], showRange),
    store.on(['address', 'paletteShown'], showPalettes),
  ];
  for (const chip of root.querySelectorAll('[data-palette]')) drawSwatch(chip);
  showChips();
  showRange();
  showPalettes();

  function showChips() {
    const { address, picture } = store.values;
    showVenues(address, picture?.meta.venues ?? []);
    press('side', address.sides);
    press('lev', address.lev, picture?.meta.brackets);
    press('age', address.age, picture?.meta.ages);
    press('bin', [address.bin]);
    press('axis', [address.axis]);
    for (const chip of root.querySelectorAll('[data-layer]')) chip.setAttribute('aria-pressed', String(address.layers.includes(chip.dataset.layer)));
    part('lev-note').textContent = address.lev.length ? '' : say('all');
    part('age-note').textContent = address.age.length ? '' : say('all');
  }

  function press(name, chosen, shares) {
    for (const chip of root.querySelectorAll(`button[data-${name}]`)) {
      const value = chip.dataset[name];
      chip.setAttribute('aria-pressed', String(!chosen.length || chosen.includes(value)));
      if (shares) setShare(chip, shares[value] ?? 0);
    }
  }

  function showVenues(address, venues) {
    const key = venues.map(({ venue }) => venue).join();
    for (const holder of [part('venue-chips'), part('venue-row')]) {
      if (holder.dataset.key !== key) holder.replaceChildren(...holder.querySelectorAll('[data-part]'), ...venues.map(venueChip));
      holder.dataset.key = key;
      for (const { venue, share } of venues) {
        const chip = holder.querySelector(`[data-venue="${CSS.escape(venue)}"]`);
        const isOn = !address.venues.length || address.venues.includes(venue) || venue === address.vs;
        chip.setAttribute('aria-pressed', String(isOn));
        chip.querySelector('small').textContent = isOn ? percent(share, 0) : say('off');
        setShare(chip, isOn ? share : 0);
      }
    }
  }

  function showRange() {
    const { range, counts, picture } = store.values;
    if (!range || !counts) return;
    root.querySelector('[data-top]').setAttribute('aria-pressed', String(Boolean(store.values.address.lo) && isTop()));
    const usd = usdOfCode(picture);
    const [from, to] = [rankOf(counts, usd, range.lowUsd), rankOf(counts, usd, range.highUsd)];
    if (document.activeElement !== low) low.value = String(Math.round(from * 100));
    if (document.activeElement !== high) high.value = String(to * 100);
    part('double-fill').style.setProperty('--from', String(from));
    part('double-fill').style.setProperty('--to', String(Math.max(0, to * 2 - 1)));
    part('sensitivity-note').textContent = say('sensitivity', { lo: Math.round(from * 100), hi: (to * 100).toFixed(1) });
  }

  function showPalettes() {
    const shown = store.values.paletteShown;
    for (const chip of root.querySelectorAll('[data-palette]')) {
      chip.setAttribute('aria-pressed', String(PALETTES[chip.dataset.palette] === shown));
    }
  }

  return () => stops.forEach((stop) => stop());
}

function venuesOf(store) {
  return (store.values.picture?.meta.venues ?? []).map(({ venue }) => venue);
}

/** Of a pair, the venue tapped takes the second place, or both change places. */
function pairWith(venue, { venues, vs }) {
  if (venue === vs || venue === venues[0]) return { venues: [vs], vs: venues[0] };
  return { vs: venue };
}

function venueChip({ venue, name }) {
  const chip = document.createElement('button');
  Object.assign(chip, { type: 'button', className: 'chip' });
  chip.dataset.venue = venue;
  const label = Object.assign(document.createElement('span'), { textContent: name });
  chip.append(label, document.createElement('small'));
  return chip;
}

function setShare(chip, share) {
  let bar = chip.querySelector('.bar');
  if (!bar) {
    bar = Object.assign(document.createElement('i'), { className: 'bar' });
    chip.append(bar);
  }
  bar.style.setProperty('--share', String(Math.min(1, share)));
}

function drawSwatch(chip) {
  const canvas = chip.querySelector('canvas');
  const image = new ImageData(canvas.width, 1);
  const { long } = PALETTES[chip.dataset.palette];
  for (let x = 0; x < canvas.width; x++) {
    const entry = 4 * Math.round((255 * x) / (canvas.width - 1));
    image.data.set(long.subarray(entry, entry + 4), 4 * x);
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
}
