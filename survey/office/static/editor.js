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

function again(old, within) {
  if (old.id) return document.getElementById(old.id)
  return [...within.querySelectorAll('[name]')].find(one => one.name === old.name && one.value === old.value)
}

// A part of the form that depends on what is chosen in it is fetched anew: `data-henter` is its id.
async function fetched(part) {
  const page = await ask(part, form.getAttribute('action'), 'vilkar')
  const now = document.getElementById(part), next = page && page.getElementById(part)
  if (!next) return
  const held = now.contains(document.activeElement) ? document.activeElement : null
  now.replaceChildren(...next.childNodes)
  if (held) again(held, now)?.focus()
}

// An earlier answer is put in where the caret stands; without this script it comes last. What is missing is told
// by the server.
function putIn(event) {
  const [item, word, to] = ['pipe_item', 'pipe_word', 'pipe_to'].map(id => document.getElementById(id))
  const words = word.value.replace(/[{|}]/g, '').trim(), text = document.getElementById(to.value)
  if (!item.value || !words || !text) return
  event.preventDefault()
  text.setRangeText(`{${item.value}|${words}}`, text.selectionStart, text.selectionEnd, 'end')
  item.value = word.value = ''
  text.focus()
  text.dispatchEvent(new Event('input', {bubbles: true}))
}

if (form) {
  if (frame && form.dataset.vis) {
    form.addEventListener('input', () => soon('preview', preview))
    document.querySelectorAll('.only-without-script').forEach(one => { one.hidden = true })
  }
  form.addEventListener('change', event => {
    const part = event.target.closest('[data-henter]')
    if (part && !event.target.name.endsWith('_source')) soon(part.id, () => fetched(part.dataset.henter))
  })
  form.addEventListener('click', event => {
    if (event.target.closest('button[value="sett_inn"]')) putIn(event)
  })
}
