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
share$interval <- korn(share$value, share$error, sum(r), 3)
half <- qt(1 - tail, degf(design)) * score$error
p <- score$value / 100; wide <- half / 100 / (p * (1 - p))
score$interval <- c(score$value - max(half, score$value - 100 * plogis(qlogis(p) - wide)),
                    score$value + max(half, 100 * plogis(qlogis(p) + wide) - score$value))
# One estate: every M of N that k of r answers do not refute.
exact <- function(k, r, N) {
  M <- k:(N - r + k)
  range(M[phyper(k, M, N - M, r) > tail & phyper(k - 1, M, N - M, r, lower.tail = FALSE) > tail]) / N
}
good <- rowSums(counts[, 4:5])
one <- lapply(1:3, function(h) exact(good[h], r[h], N[h]))
# Of the homes drawn some answer well and some badly; of the others nobody knows.
bad <- r - good
bounds <- c(exact(good[3], n[3], N[3])[1], 1 - exact(bad[3], n[3], N[3])[1])
# All estates: both parts of the drawn, stratified; nothing is left open where all were asked.
asked <- data.frame(estate = rep(1:3, n), N = rep(N, n),
                    said = unlist(lapply(1:3, function(h) rep(1:3, c(good[h], bad[h], n[h] - r[h])))))
drawn <- svydesign(id = ~1, strata = ~estate, fpc = ~N, data = asked)
least <- function(part) korn(unname(coef(part)), as.numeric(SE(part)), sum(n), 3)[1]
all_bounds <- c(least(svymean(~as.numeric(said == 1), drawn)), 1 - least(svymean(~as.numeric(said == 2), drawn)))
cat(toJSON(list(
  source = paste0(R.version.string, "; survey ", packageVersion("survey")),
  data = list(dwellings = N, asked = n, counts = counts),
  figures = list(share = share, score = score,
                 total = list(value = unname(coef(total)), error = unname(as.numeric(SE(total)))),
                 estates = one, bounds = bounds, all_bounds = all_bounds)),
  digits = NA, auto_unbox = TRUE), "\n")
