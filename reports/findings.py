"""Ranked findings in the shape of messages: `finding.{kind}` with `values`, strongest claim first.

Every finding is read off protected figures only, and none is made unless its whole 95 % interval supports it.
`item_ids` are the items whose text the sentence may quote. Percentages and scores are whole numbers, rounded
half up; intervals are whole numbers rounded outwards. `scope` is the name of the estate or organisation.

    kind              item_ids           values
    strong            (item,)            scope, percent, low, high, n          more than half answer well
    weak              (item,)            scope, percent, low, high, n          fewer than half answer well
    change_up         (item,)            scope, percent, before, points, low, high, n, previous
    change_down       (item,)            scope, percent, before, points, low, high, n, previous
    better_than_rest  ()                 scope, object, score, low, high, n    object: key of questionnaire.labels
    worse_than_rest   ()                 scope, object, score, low, high, n      ("" means the whole index)
    influence         (factor, outcome)  scope, percent_low, percent_high, n_low, n_high
    participation_low (item,)            scope, percent, low, high, n          an item with a level, few answer well

`points`, `low`, `high` of a change are percentage points, positive upwards for both kinds of change. `previous`
is the name of the round before. In `influence` percent_low and percent_high are the shares of good answers to
the outcome among those lowest and highest on the factor.
"""
