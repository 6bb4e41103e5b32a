// Of a page that was just looked at and has only another width now, what axe goes by is compared, element by
// element: the markup, what was typed, what is seen and how it is painted. Contrast, which takes half of the time,
// is measured anew in what is painted otherwise or was not seen before. The other rules are asked again where
// anything is seen that was not, or the other way round; else only those that go by what lies outside the window
// or is to be scrolled to.
async () => {
  const SIZES = ['scrollable-region-focusable', 'region', 'skip-link'];
  const PAINT = ['color-contrast', 'link-in-text-block'];
  const PAINTED = [
    'color', 'backgroundColor', 'backgroundImage', 'opacity', 'fontWeight', 'textShadow',
    'textDecorationLine', 'borderBottomStyle', 'display', 'position', 'float', 'zIndex', 'overflow', 'clip',
    'clipPath', 'transform', 'filter', 'mixBlendMode', 'textIndent', 'visibility',
  ];
  const all = [...document.querySelectorAll('*')];
  const seen = e => {
    const box = e.getBoundingClientRect();
    return e.checkVisibility({opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true})
      && box.width > 0 && box.height > 0 && box.right > 0 && box.bottom + scrollY > 0;
  };
  const painted = e => {
    const own = getComputedStyle(e);
    const beside = ['::before', '::after'].map(part => getComputedStyle(e, part));
    const points = parseFloat(own.fontSize) * 0.75;
    const large = points >= 18 || (points >= 14 && own.fontWeight >= 700);  // which may be paler
    return [large, ...PAINTED.map(name => own[name]), ...beside.map(part => part.content + part.display)].join('|');
  };
  const now = {
    markup: document.documentElement.outerHTML,
    typed: all.map(e => `${e.value ?? ''}${e.checked ?? ''}`).join('|') + all.indexOf(document.activeElement),
    seen: all.map(e => +seen(e)).join(''),
    painted: all.map(painted),
  };
  const run = async (where, options) => {
    const found = await axe.run(where, {resultTypes: ['violations'], ...options});
    return found.violations.flatMap(fault => fault.nodes.map(node => (
      {rule: fault.id, at: document.querySelector(node.target[0]), text: `${fault.id}: ${node.html.slice(0, 160)}`}
    )));
  };
  const only = rules => ({runOnly: {type: 'rule', values: rules}});
  const last = window.lastLook;
  if (last && last.markup === now.markup && last.typed === now.typed) {
    const other = (_, n) => last.painted[n] !== now.painted[n] || last.seen[n] < now.seen[n];
    const anew = new Set(all.filter(other));
    const inside = e => e && (anew.has(e) || inside(e.parentElement));
    const outer = [...anew].filter(e => !inside(e.parentElement));
    const alike = last.seen === now.seen;
    now.faults = [
      ...last.faults.filter(({rule, at}) => PAINT.includes(rule) ? seen(at) && !inside(at)
        : alike && !SIZES.includes(rule)),
      ...await run(document, alike ? only(SIZES)
        : {rules: Object.fromEntries(PAINT.map(rule => [rule, {enabled: false}]))}),
      ...(outer.length ? await run({include: outer}, only(PAINT)) : []),
    ];
  } else {
    now.faults = await run(document);
  }
  window.lastLook = now;
  return now.faults.map(fault => fault.text);
}
