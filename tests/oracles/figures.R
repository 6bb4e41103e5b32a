# Figures of R for our estimators: Rscript figures.R > figures.json
#
# Run by the tests where R and its packages are installed; else they read the stored figures.json. Called as a
# program only: nothing of its source is used. Data: `api` (California Department of Education 2000), `fpc`
# (Cochran's layout, made up), both in R survey; `attitude` (Chatterjee and Price 1977); `housing` (Madsen 1976);
# `eusilc` (synthetic, Alfons and Templ 2013), of which only sums by cell leave this script.
suppressPackageStartupMessages({
  library(survey); library(psych); library(MASS); library(laeken); library(metafor); library(jsonlite)
})
options(survey.lonely.psu = "fail")
out <- list(); data_out <- list()
keep <- function(estimate, ...) {
  c(list(value = unname(as.numeric(coef(estimate))), error = unname(as.numeric(SE(estimate)))), list(...))
}

# --- the eight rows
data(fpc)
data_out$fpc <- as.list(fpc[, c("stratid", "psuid", "weight", "x", "Nh")])
eight <- svydesign(id = ~1, strata = ~stratid, weights = ~weight, data = fpc, fpc = ~Nh)
out$fpc_mean <- keep(svymean(~x, eight))
out$fpc_total <- keep(svytotal(~x, eight))
out$fpc_without <- keep(svymean(~x, svydesign(id = ~1, strata = ~stratid, weights = ~weight, data = fpc)))

# --- schools: a stratified sample
data(api)
data_out$apistrat <- list(
  stype = as.integer(apistrat$stype) - 1, wide = as.integer(apistrat$sch.wide) - 1, fpc = apistrat$fpc,
  api00 = apistrat$api00, enroll = apistrat$enroll)
strat <- svydesign(id = ~1, strata = ~stype, fpc = ~fpc, data = apistrat)
out$strat_mean <- keep(svymean(~api00, strat, deff = TRUE), deff = unname(deff(svymean(~api00, strat, deff = TRUE))))
out$strat_total <- keep(svytotal(~enroll, strat, deff = TRUE), deff = unname(deff(svytotal(~enroll, strat, deff = TRUE))))
out$strat_interval <- as.numeric(confint(svymean(~api00, strat), df = degf(strat)))
out$strat_domain <- keep(svymean(~api00, subset(strat, sch.wide == "Yes")))
share <- svyciprop(~I(sch.wide == "Yes"), strat, method = "beta")
out$strat_share <- c(as.numeric(share), as.numeric(confint(share)))
wide <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
fitted <- calibrate(strat, ~sch.wide - 1, c(sch.wideNo = 1072, sch.wideYes = 5122))
out$strat_post <- keep(svymean(~api00, fitted))
out$strat_post_total <- keep(svytotal(~enroll, fitted))
set.seed(1)
rates <- ave(apistrat$enroll, apistrat$stype, FUN = function(e) length(e) * e / sum(e)) / 20
data_out$chances <- pmin(1, rates + .05)
unequal <- svydesign(id = ~1, strata = ~stype, probs = ~chance, fpc = ~fpc, data = cbind(apistrat, chance = data_out$chances))
out$unequal_mean <- keep(svymean(~api00, unequal, deff = TRUE), deff = unname(deff(svymean(~api00, unequal, deff = TRUE))))
out$unequal_share <- local({s <- svyciprop(~I(sch.wide == "Yes"), unequal, method = "beta"); c(as.numeric(s), as.numeric(confint(s)))})

# --- schools: whole districts drawn, and districts as small estates
data_out$apiclus1 <- list(
  dnum = apiclus1$dnum, stype = as.integer(apiclus1$stype) - 1, wide = as.integer(apiclus1$sch.wide) - 1,
  pw = apiclus1$pw, fpc = apiclus1$fpc, api00 = apiclus1$api00, enroll = apiclus1$enroll)
clus <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)
out$clus_mean <- keep(svymean(~api00, clus, deff = TRUE), deff = unname(deff(svymean(~api00, clus, deff = TRUE))))
out$clus_total <- keep(svytotal(~enroll, clus))
types <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
post <- postStratify(clus, ~stype, types)
out$clus_post_mean <- keep(svymean(~api00, post))
out$clus_post_total <- keep(svytotal(~enroll, post))
raked <- calibrate(clus, ~stype + sch.wide, c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018, sch.wideYes = 5122),
                   calfun = "raking", epsilon = 1e-13, maxit = 1000)
out$clus_raked_mean <- keep(svymean(~api00, raked))
out$clus_raked_total <- keep(svytotal(~enroll, raked))
out$clus_raked_weights <- unname(weights(raked))
small <- apiclus1[ave(apiclus1$pw, apiclus1$dnum, FUN = length) > 1, ]
small$N <- ave(small$pw, small$dnum, FUN = length) * 2 + 1
estates <- svydesign(id = ~1, strata = ~dnum, fpc = ~N, data = small)
out$estates_mean <- keep(svymean(~api00, estates, deff = TRUE), deff = unname(deff(svymean(~api00, estates, deff = TRUE))))
out$estates_interval <- as.numeric(confint(svymean(~api00, estates), df = degf(estates)))
out$estates_total <- keep(svytotal(~enroll, estates))

# --- Kalton's raking example (Kalton and Flores-Cervantes 2003)
ab <- expand.grid(a = factor(1:4), b = factor(1:3))
answered <- c(20, 50, 100, 30, 40, 140, 50, 100, 40, 310, 50, 70)
everybody <- c(80, 60, 170, 55, 40, 150, 60, 165, 55, 340, 200, 125)
sampled <- ab[rep(1:12, answered), ]; whole <- ab[rep(1:12, everybody), ]
data_out$kalton <- list(answered = answered, everybody = everybody)
kalton <- rake(svydesign(id = ~1, weights = ~1, data = sampled), list(~a, ~b), list(xtabs(~a, whole), xtabs(~b, whole)),
               control = list(maxit = 1000, epsilon = 1e-10))
out$kalton <- as.numeric(tapply(weights(kalton), list(sampled$a, sampled$b), mean))

# --- two estates where a question was put to some only: share of good answers among those
put <- data.frame(estate = rep(1:2, c(200, 250)), N = rep(c(800, 300), c(200, 250)),
                  asked = c(rep(1:0, c(50, 150)), rep(1:0, c(240, 10))),
                  good = c(rep(1:0, c(6, 44)), rep(0, 150), rep(1:0, c(200, 40)), rep(0, 10)))
out$put_to_some <- keep(svymean(~good, subset(svydesign(id = ~1, strata = ~estate, fpc = ~N, data = put), asked == 1)))

# --- Austria: persons by land and sex, a stratified sample with both margins known
data(eusilc)
silc <- data.frame(land = as.integer(eusilc$db040), sex = as.integer(eusilc$rb090), income = eusilc$eqIncome)
silc <- silc[seq(1, nrow(silc), 7), ]
silc$N <- c(13, 28, 79, 65, 27, 64, 35, 18, 83)[silc$land] * 1000
cell <- aggregate(income ~ land + sex, silc, function(v) c(length(v), mean(v), var(v)))
data_out$eusilc <- list(land = cell$land - 1, sex = cell$sex - 1, n = cell$income[, 1], mean = cell$income[, 2],
                        variance = cell$income[, 3], population = c(13, 28, 79, 65, 27, 64, 35, 18, 83) * 1000)
lands <- svydesign(id = ~1, strata = ~land, fpc = ~N, data = silc)
out$silc_mean <- keep(svymean(~income, lands, deff = TRUE), deff = unname(deff(svymean(~income, lands, deff = TRUE))))
out$silc_post_mean <- keep(svymean(~income, calibrate(lands, ~factor(sex) - 1, c(200000, 212000))))
out$silc_post_total <- keep(svytotal(~income, calibrate(lands, ~factor(sex) - 1, c(200000, 212000))))

# --- reliability
data_out$attitude <- as.list(attitude)
found <- suppressWarnings(suppressMessages(psych::alpha(attitude)))
out$alpha <- list(raw = found$total$raw_alpha, standard = found$total$std.alpha, between = found$total$average_r,
                  feldt = as.numeric(unlist(found$feldt)[1:3]), rest = found$item.stats$r.drop,
                  dropped = found$alpha.drop$raw_alpha)
r <- cor(attitude); off <- row(r) != col(r)
fit <- optim(rep(.6, 7), function(l) sum(((r - l %o% l)[off])^2), function(l) as.numeric(-4 * ((r - l %o% l) * off) %*% l),
             method = "BFGS", control = list(reltol = 1e-16, maxit = 10000))
out$minres <- fit$par
out$omega_standard <- 1 - sum(1 - fit$par^2) / sum(r)
s <- sapply(attitude, sd)
out$omega <- 1 - sum(s^2 * (1 - fit$par^2)) / sum(cov(attitude))
out$psych_minres <- as.numeric(suppressWarnings(psych::fa(attitude, 1, fm = "minres"))$loadings)

# --- ordered answers
out$housing <- local({
  m <- polr(Sat ~ Infl + Type + Cont, weights = Freq, data = housing, Hess = TRUE,
            control = list(reltol = 1e-16, maxit = 1000))
  list(names = names(coef(m)), coefficients = unname(coef(m)), errors = unname(sqrt(diag(vcov(m)))),
       zeta = unname(m$zeta), deviance = deviance(m))
})
data_out$housing <- list(Sat = as.integer(housing$Sat) - 1, Infl = as.character(housing$Infl),
                         Type = as.character(housing$Type), Cont = as.character(housing$Cont), Freq = housing$Freq)
# Types of building as estates: what each figure is without one of them (JK1, about the figure of all).
out$estates_apart <- local({
  people <- housing[rep(seq_len(nrow(housing)), housing$Freq), ]
  units <- as.svrepdesign(svydesign(id = ~Type, weights = ~1, data = people), type = "JK1", mse = TRUE)
  pairs <- function(t) {
    cells <- expand.grid(a = 1:nrow(t), b = 1:ncol(t)); n <- as.vector(t)
    sign <- outer(cells$a, cells$a, function(x, y) sign(x - y)) * outer(cells$b, cells$b, function(x, y) sign(x - y))
    sum(outer(n, n) * sign) / c(gamma = sum(outer(n, n) * abs(sign)),
                                tau = sqrt((sum(n)^2 - sum(rowSums(t)^2)) * (sum(n)^2 - sum(colSums(t)^2))))
  }
  order <- withReplicates(units, function(w, data) pairs(xtabs(w ~ Infl + Sat, cbind(data, w = w))))
  model <- withReplicates(units, function(w, data) coef(polr(
    Sat ~ Infl + Cont, data = data, weights = w, subset = w > 0, control = list(reltol = 1e-16, maxit = 1000))))
  half <- function(error) unname(qt(.975, 3) * error)
  list(value = unname(c(coef(order), coef(model))), error = unname(c(SE(order), SE(model))), half = half(c(SE(order), SE(model))))
})
# Much influence beside little: shares of the highly satisfied, type by type left out.
out$shares_apart <- local({
  people <- housing[rep(seq_len(nrow(housing)), housing$Freq), ]
  units <- as.svrepdesign(svydesign(id = ~Type, weights = ~1, data = people), type = "JK1", mse = TRUE)
  good <- function(w, of) weighted.mean(people$Sat[of] == "High", w[of])
  apart <- withReplicates(units, function(w, data) good(w, people$Infl == "High") - good(w, people$Infl == "Low"))
  list(value = as.numeric(coef(apart)), half = as.numeric(qt(.975, 3) * SE(apart)))
})
out$kendall <- cor(attitude$rating, attitude[, -1], method = "kendall")[1, ]
banded <- as.data.frame(lapply(attitude, function(v) as.integer(cut(v, c(0, 50, 60, 70, 100)))))
out$kendall_ties <- as.numeric(cor(banded$rating, banded[, -1], method = "kendall"))
out$spearman_ties <- as.numeric(cor(banded$rating, banded[, -1], method = "spearman"))
data_out$banded <- as.list(banded)

# --- estates that borrow strength
yi <- c(71, 64, 58, 80, 75, 49, 66, 70, 62, 90, 55, 68); vi <- c(16, 9, 25, 36, 4, 49, 9, 6.25, 12.25, 64, 20.25, 2.25)
data_out$normal <- list(means = yi, variances = vi)
rma_fit <- rma(yi, vi, method = "REML", control = list(threshold = 1e-14, maxiter = 1000))
better <- blup(rma_fit)
out$normal <- list(mean = as.numeric(rma_fit$b), between = rma_fit$tau2, shrunk = better$pred)
k <- c(5, 8, 3, 20, 12, 6, 30, 2, 9, 14, 7, 41); n <- c(8, 10, 9, 25, 30, 7, 44, 6, 12, 20, 16, 60)
data_out$binomial <- list(k = k, n = n)
like <- function(p) { m <- plogis(p[1]); c <- exp(p[2]); -sum(lbeta(m * c + k, (1 - m) * c + n - k) - lbeta(m * c, (1 - m) * c)) }
best <- optim(c(.5, 2), like, method = "BFGS", control = list(reltol = 1e-16, maxit = 1000))
out$binomial <- list(mean = plogis(best$par[1]), strength = exp(best$par[2]), loglik = -best$value)

# --- many comparisons, funnels, ways of answering
p <- c(.0004, .019, .0095, .34, .0201, .0278, .0298, .0001, .0344, .0459, .324, .4262, .5719, .6528, .759)
data_out$p <- p
out$holm <- p.adjust(p, "holm"); out$bh <- p.adjust(p, "BH")
out$funnel <- list(low = qhyper(.025, 60, 40, c(5, 10, 30, 60)), high = qhyper(.975, 60, 40, c(5, 10, 30, 60)))
one <- lm(api00 ~ sch.wide + stype, apistrat)
out$within <- list(value = unname(coef(one)[2]), error = unname(sqrt(vcov(one)[2, 2])), freedom = one$df.residual)

cat(toJSON(list(
  source = paste0(R.version.string, "; survey ", packageVersion("survey"), ", psych ", packageVersion("psych"), ", MASS ",
                  packageVersion("MASS"), ", laeken ", packageVersion("laeken"), ", metafor ", packageVersion("metafor")),
  data = data_out, figures = out), digits = NA, auto_unbox = TRUE, pretty = FALSE), "\n")
