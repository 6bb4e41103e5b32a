// Conditions in the browser: the same language as forms/expressions.py, by an engine of its own (cel/README.md).
// Only for who makes a questionnaire; what tenants see is decided on the server.
import {Environment} from './cel/index.js'

const environment = new Environment().registerVariable('answers', 'map')

// `condition`: as forms.expressions.for_engines writes it. `seen`: answers by item id, unanswered numbers left out.
// true, false, a number or a text; null when something it needs is unanswered. Throws on anything else.
export function outcome(condition, seen) {
  const program = environment.parse(condition)
  try {
    const found = program({answers: seen})
    if (['boolean', 'number', 'string'].includes(typeof found)) return found
  } catch (problem) {
    if (problem.code === 'no_such_key') return null
    throw problem
  }
  throw new TypeError('a condition comes to a truth, a number or a text')
}
