# A sampled round as R survey reckons it: Rscript sampled.R > sampled.json
#
# Called as a program only. Three estates: all 40 homes asked, 36 of 60 drawn, 90 of 180 drawn; made-up answers 1..5 to
# one question, by estate. Those who answer are taken for a sample of those drawn, so an answer was drawn with the
# chance n / N, and answered with r / n. Nine in ten answer in the first two, three in ten in the third, which is content.
suppressPackageStartupMessages({ library(survey); library(jsonlite) })
N <- c(40, 60, 180); n <- c(40, 36, 90)
counts <- rbind(c(12, 9, 5, 5, 5), c(8, 7, 7, 5, 5), c(5, 0, 5, 6, 11))
r <- rowSums(counts)
d <- do.call(rbind, lapply(1:3, function(h) data.frame(estate = h, code = rep(1:5, counts[h, ]))))
d$good <- as.numeric(d$code >= 4); d$score <- 25 * (d$code - 1)
d$N <- N[d$estate]; d$chance <- (n / N)[d$estate] * (r / n)[d$estate]
design <- svydesign(id = ~1, strata = ~estate, probs = ~chance, fpc = ~N, data = d)
tail <- 0.025

mean_of <- function(y) { m <- svymean(y, design); list(value = unname(coef(m)), error = unname(as.numeric(SE(m)))) }
share <- mean_of(~good); score <- mean_of(~score); total <- svytotal(~good, design)
# Korn and Graubard 1998: the beta interval on the effective sample size.
korn <- function(value, error, answers, strata) {
  size <- value * (1 - value) / error^2 * (qnorm(tail) / qt(tail, answers - strata))^2
  c(qbeta(tail, value * size, size - value * size + 1), qbeta(1 - tail, value * size + 1, size - value * size))
}
# Near an end of the scale as far as on the logit scale; no surer than if all estates but one were known.
reach <- function(mean, half) {
  p <- mean / 100; wide <- half / 100 / (p * (1 - p))
  c(max(half, mean - 100 * plogis(qlogis(p) - wide)), max(half, 100 * plogis(qlogis(p) + wide) - mean))
}
alone <- sapply(1:3, function(h) {
  y <- d$score[d$estate == h]
  N[h] / sum(N) * reach(mean(y), qt(1 - tail, r[h] - 1) * sqrt(var(y) / r[h] * (1 - r[h] / N[h])))
})
far <- pmax(reach(score$value, qt(1 - tail, degf(design)) * score$error), apply(alone, 1, max))
score$interval <- c(score$value - far[1], score$value + far[2])
# One estate: every M of N that k of r answers do not refute.
exact <- function(k, r, N) {
  M <- k:(N - r + k)
  range(M[phyper(k, M, N - M, r) > tail & phyper(k - 1, M, N - M, r, lower.tail = FALSE) > tail]) / N
}
# Several: no surer than if all were known but the one with the most variance, whose interval is exact; half a
# dwelling farther, for the truth is a whole number of them; estates all alike join what they may hide.
hidden <- function(n, N) uniroot(function(M) lchoose(N - M, n) - lchoose(N, n) - log(tail), c(0, N - n), tol = 1e-12)$root
several <- function(k, n, N, value, error) {
  W <- N / sum(N); p <- k / n; reach <- abs(korn(value, error, sum(n), length(n)) - value)
  alike <- function(which) { at <- which(which & n < N); stopifnot(length(at) < 2)
                             if (length(at)) W[at] * hidden(n[at], N[at]) / N[at] else 0 }
  reach <- sqrt(reach^2 + c(alike(k == n), alike(k == 0))^2)
  most <- which.max(W^2 * p * (1 - p) / (n - 1) * (1 - n / N)); own <- exact(k[most], n[most], N[most])
  reach <- pmax(reach, W[most] * abs(own - p[most])) + .5 / sum(N)
  c(max(value - reach[1], sum(k) / sum(N)), min(value + reach[2], 1 - sum(n - k) / sum(N)))
}
good <- rowSums(counts[, 4:5])
share$interval <- several(good, r, N, share$value, share$error)
# A small sample of a large estate, all content, beside a large sample of a small one.
pair <- data.frame(estate = rep(1:2, c(10, 50)), N = rep(c(400, 100), c(10, 50)), good = rep(c(1, 1, 0), c(10, 30, 20)))
beside <- svymean(~good, svydesign(id = ~1, strata = ~estate, fpc = ~N, data = pair))
one_alike <- several(c(10, 30), c(10, 50), c(400, 100), unname(coef(beside)), as.numeric(SE(beside)))
one <- lapply(1:3, function(h) exact(good[h], r[h], N[h]))
# Of the homes drawn some answer well and some badly; of the others nobody knows.
bad <- r - good
bounds <- c(exact(good[3], n[3], N[3])[1], 1 - exact(bad[3], n[3], N[3])[1])
# All estates: both parts of the drawn, stratified; nothing is left open where all were asked.
asked <- data.frame(estate = rep(1:3, n), N = rep(N, n),
                    said = unlist(lapply(1:3, function(h) rep(1:3, c(good[h], bad[h], n[h] - r[h])))))
drawn <- svydesign(id = ~1, strata = ~estate, fpc = ~N, data = asked)
least <- function(k, part) several(k, n, N, unname(coef(part)), as.numeric(SE(part)))[1]
all_bounds <- c(least(good, svymean(~as.numeric(said == 1), drawn)), 1 - least(bad, svymean(~as.numeric(said == 2), drawn)))
cat(toJSON(list(
  source = paste0(R.version.string, "; survey ", packageVersion("survey")),
  data = list(dwellings = N, asked = n, counts = counts),
  figures = list(share = share, score = score,
                 total = list(value = unname(coef(total)), error = unname(as.numeric(SE(total)))),
                 estates = one, bounds = bounds, all_bounds = all_bounds, one_alike = one_alike)),
  digits = NA, auto_unbox = TRUE), "\n")
