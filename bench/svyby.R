# Seconds that survey::svyby takes for the share of good answers to one question in every estate, with intervals.
# Rscript bench/svyby.R answers.csv      columns: estate, good (0/1), size (dwellings of the estate)
suppressPackageStartupMessages(library(survey))
answers <- read.csv(commandArgs(TRUE)[1])
design <- svydesign(id = ~1, strata = ~estate, fpc = ~size, data = answers)
options(survey.lonely.psu = "adjust")
cat(system.time(svyby(~good, ~estate, design, svymean, vartype = "ci"))[["elapsed"]])
