// An enhancement only: every page works without it. Saves what is typed, says so, tries again when the network
// is back, and moves the focus to what has to be mended.
(() => {
  // A page that the browser kept as it was may show answers that are sent by now: fetch it anew.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const summary = document.getElementById("feil");
  if (summary) summary.focus();

  const form = document.getElementById("skjema");
  const last = document.getElementById("send");
  if (!(form || last) || !window.fetch || !window.AbortController) return;
  const status = document.getElementById("lagret");
  const say = (text) => { if (status.textContent !== text) status.textContent = text; };
  let timer, running, dirty = false, reached = false, wait = 0;

  const guard = (sent, after) => sent.addEventListener("submit", (event) => {
    // "Off line" is the browser's guess: a machine without a network still reaches a server of its own.
    if (navigator.onLine === false && !reached) {
      event.preventDefault();
      fetch(location.href, { method: "HEAD", cache: "no-store", credentials: "omit" }).then(() => {
        reached = true;
        sent.requestSubmit(event.submitter);
      }, () => say(sent.dataset.utenNett));
      return;
    }
    reached = false;
    after();
  });
  if (last) {
    guard(last, () => say(""));
    addEventListener("online", () => { if (status.textContent) say(last.dataset.naNett); });
    return;
  }

  const fields = () => {
    const all = {};
    new FormData(form).forEach((value, name) => { (all[name] = all[name] || []).push(value); });
    return JSON.stringify(all);
  };

  const later = (delay) => { clearTimeout(timer); timer = setTimeout(save, delay); };

  async function save(leaving) {
    clearTimeout(timer);
    if (!dirty || (running && !leaving)) return;
    dirty = false;
    running = new AbortController();
    const { signal } = running;
    try {
      const answer = await fetch(form.dataset.utkast, {
        method: "POST", body: fields(), keepalive: leaving === true, signal,
        credentials: "same-origin", headers: { "Content-Type": "application/json" },
      });
      if (answer.ok) { wait = 0; say(form.dataset.lagret); }
      else if (answer.status === 400 || answer.status === 413) say(form.dataset.avvist);
      else if (answer.status < 500) say(form.dataset.stengt);
      else throw answer.status;
    } catch (problem) {
      if (signal.aborted) return;
      dirty = true;
      say(form.dataset.utenNett);
      wait = Math.min(60000, (wait || 2500) * 2);
    } finally {
      running = null;
    }
    if (dirty) later(wait || 800);
  }

  // What is shared out so far; the server reckons it, too, when the page is sent.
  const added = (event) => {
    const of = event.target.closest("fieldset"), sum = of && of.querySelector("output");
    if (!sum) return;
    let all = 0;
    of.querySelectorAll(".parts input").forEach((part) => {
      all += parseInt(part.value.replace(/[\s.,](?=\d{3})/g, ""), 10) || 0;
    });
    sum.value = all.toLocaleString(`${document.documentElement.lang}-u-nu-latn`);
  };
  form.addEventListener("input", added);

  const touched = () => { dirty = true; say(""); if (!wait) later(800); };
  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  addEventListener("online", () => { wait = 0; save(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(true); });
  guard(form, () => {
    // The page itself carries everything: an autosave under way must not arrive after it.
    clearTimeout(timer);
    dirty = false;
    if (running) running.abort();
  });
})();
