# A sampled round as R survey reckons it: Rscript sampled.R > sampled.json
#
# Called as a program only. Three estates: all 40 homes asked, 36 of 60 drawn, 60 of 180 drawn; made-up answers 1..5 to
# one question, by estate. Those who answer are taken for a sample of those drawn, so an answer was drawn with the
# chance n / N, and answered with r / n.
suppressPackageStartupMessages({ library(survey); library(jsonlite) })
N <- c(40, 60, 180); n <- c(40, 36, 60)
counts <- rbind(c(5, 5, 6, 9, 7), c(5, 5, 6, 8, 6), c(6, 9, 5, 13, 11))
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
rate <- exact(r[3], n[3], N[3])[1]
bounds <- c(one[[3]][1] * rate, one[[3]][2] * rate + 1 - rate)
# All estates: the part that would answer, stratified; nothing is left open where all were asked.
asked <- data.frame(estate = rep(1:3, n), N = rep(N, n),
                    answered = unlist(lapply(1:3, function(h) rep(1:0, c(r[h], n[h] - r[h])))))
reply <- svymean(~answered, svydesign(id = ~1, strata = ~estate, fpc = ~N, data = asked))
low <- korn(unname(coef(reply)), as.numeric(SE(reply)), sum(n), 3)[1]
all_bounds <- c(share$interval[1] * low, share$interval[2] * low + 1 - low)
cat(toJSON(list(
  source = paste0(R.version.string, "; survey ", packageVersion("survey")),
  data = list(dwellings = N, asked = n, counts = counts),
  figures = list(share = share, score = score,
                 total = list(value = unname(coef(total)), error = unname(as.numeric(SE(total)))),
                 estates = one, bounds = bounds, all_bounds = all_bounds)),
  digits = NA, auto_unbox = TRUE), "\n")
