/* Runs before the first paint: the chosen theme, or the system's. */
{
  const chosen = /(?:^|; )theme=(dark|light)/.exec(document.cookie)?.[1];
  const isLight = matchMedia('(prefers-color-scheme: light)').matches;
  document.documentElement.dataset.theme = chosen ?? (isLight ? 'light' : 'dark');
  document.documentElement.dataset.themeChoice = chosen ?? 'auto';
}
