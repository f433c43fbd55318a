-- Wilson's score interval of a share, 95%: E. B. Wilson (1927), JASA 22, 209-212. NULL where there are no
-- trials.
create temp macro normal_975() as 1.959963984540054
;

create temp macro wilson_low(successes, trials) as
    case
        when trials = 0
        then null
        when successes = 0
        then 0.0::double
        else
            (
                successes + normal_975() ** 2 / 2 - normal_975()
                * sqrt(successes * (trials - successes) / trials::double + normal_975() ** 2 / 4)
            )
            / (trials + normal_975() ** 2)
    end
;

-- By symmetry: a share's upper end is one less the lower end of its complement.
create temp macro wilson_high(successes, trials) as 1 - wilson_low(trials - successes, trials)
;
