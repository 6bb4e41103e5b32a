// The preview follows what is typed, and a condition is read back as it is chosen. Without this script there is a
// button for each; the server makes both. Nothing is saved before the button is pressed.
const form = document.querySelector('form.editing')
const frame = document.querySelector('iframe.phone')
const PAUSE = 400
const waiting = {}
const latest = {}

async function ask(what, address, knob) {
  const mine = latest[what] = (latest[what] || 0) + 1
  const fields = new URLSearchParams(new FormData(form))
  if (knob) fields.set('knapp', knob)
  try {
    const answer = await fetch(address, {method: 'POST', body: fields})
    if (!answer.ok || mine !== latest[what]) return null
    return new DOMParser().parseFromString(await answer.text(), 'text/html')
  } catch {
    return null // without a network the preview waits
  }
}

function soon(what, act) {
  clearTimeout(waiting[what])
  waiting[what] = setTimeout(act, PAUSE)
}

async function preview() {
  const page = await ask('preview', form.dataset.vis)
  const inside = frame.contentDocument
  if (page && inside) inside.body.replaceChildren(...page.body.childNodes)
}

function again(old) {
  if (old.id) return document.getElementById(old.id)
  return [...form.querySelectorAll('#vilkar [name]')].find(one => one.name === old.name && one.value === old.value)
}

async function condition() {
  const page = await ask('condition', form.getAttribute('action'), 'vilkar')
  const now = document.getElementById('vilkar'), next = page && page.getElementById('vilkar')
  if (!next) return
  const held = now.contains(document.activeElement) ? document.activeElement : null
  now.replaceChildren(...next.childNodes)
  if (held) again(held)?.focus()
}

if (form) {
  if (frame && form.dataset.vis) {
    form.addEventListener('input', () => soon('preview', preview))
    document.querySelectorAll('.only-without-script').forEach(one => { one.hidden = true })
  }
  form.addEventListener('change', event => {
    if (event.target.closest('#vilkar') && event.target.name !== 'cond_source') soon('condition', condition)
  })
}
