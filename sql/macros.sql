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

-- A text without e-mail addresses and telephone numbers, however people write them to mislead robots. What is
-- taken for one by mistake ("engineer at acme.com") costs a few words of evidence.
create temp macro without_contacts(words) as
    regexp_replace(
        regexp_replace(
            words,
            '(?i)[\w.+-]+\s*(?:@|\[\s*at\s*\]|\(\s*at\s*\)|\{\s*at\s*\}|<\s*at\s*>)\s*[\w-]+'
            || '(?:\s*(?:\.|\[\s*dot\s*\]|\(\s*dot\s*\)|\{\s*dot\s*\}|\bdot\b)\s*[\w-]+)*'
            || '|\b[\w.+-]+\s+at\s+[\w-]+(?:\s+dot\s+\w{2,}|\.(?:com|org|net|io|ai|co|dev|de|uk|eu|ch|fr|se|us|app)\b)+',
            '[contact removed]',
            'g'
        ),
        '(?i)(?:\+|\b00)\d[\d ().\/-]{6,}\d'
        || '|\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b'
        || '|\b0\d{2,4}[ \/-]\d[\d \/-]{4,}\d\b'
        || '|\b(?:tel|phone|mobile|cell|whatsapp|call)\b\D{0,12}\d[\d ().\/-]{5,}\d',
        '[contact removed]',
        'g'
    )
;

-- Whether a job is technical: its title or text names the making of software, or work with data and models.
-- A title
-- decides by itself; a text has to name two things of the trade, since many an ad says that one will work
-- with engineers.
create temp macro is_technical_title(words) as
    regexp_matches(
        words,
        '(?i)\b(?:software|developers?|programmer|dev ?ops|devsecops|sre|swe|full[- ]?stack|front[- ]?end|back[- ]?end|'
        || 'machine learning|deep learning|ml|ai|nlp|llms?|data (?:scien\w+|engineer\w*|analy\w+|architect\w*)|computer (?:vision|scien\w+)|'
        || 'research (?:scientist|engineer)s?|site reliability|(?:platform|cloud|systems?|infrastructure|security|network|qa|test|embedded|'
        || 'firmware|web|mobile|android|ios|robotics|perception|hardware|database|python|java|golang|rust|ruby|applied|forward deployed) '
        || '(?:engineer\w*|developer\w*|architect\w*|scientist\w*)|it specialist|utvecklare|systemutvecklare|programmerare|entwickler\w*|'
        || 'softwareentwickler\w*|engineers?)\b'
    )
    and not regexp_matches(
        words,
        '(?i)\b(?:sales|account executive|recruit\w*|talent|marketing|customer success|(?:civil|mechanical|structural|process|'
        || 'electrical|chemical|hvac|manufacturing|maintenance|facilities) engineers?)\b'
    )
;

create temp macro is_technical_text(words) as
    len(
        list_distinct(
            regexp_extract_all(
                lower(words),
                '\b(?:python|java|javascript|typescript|c\+\+|c#|golang|rust|scala|kotlin|swift|ruby|php|sql|postgres\w*|mysql|mongodb|'
                || 'spark|hadoop|kafka|airflow|kubernetes|docker|terraform|linux|git|aws|gcp|azure|react|angular|vue|node\.?js|django|'
                || 'flask|rails|spring|cuda|pytorch|tensorflow|keras|jax|scikit-learn|numpy|pandas|machine learning|deep learning|'
                || 'software (?:engineer\w*|develop\w*)|rest apis?|microservices|graphql)'
            )
        )
    )
    >= 2
;
