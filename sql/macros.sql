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

-- The blocks of letters, as ranges for a class of RE2, whose \w knows ASCII alone. With \pL, of 600 ranges,
-- an
-- expression of a line takes 50 ms to compile at every use, with these 3.
create temp macro letters() as
    'a-zA-Z\x{AA}\x{B5}\x{BA}\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{1FFF}\x{2C00}-\x{2DFF}\x{3005}-\x{3007}\x{3040}-\x{D7FF}'
    || '\x{F900}-\x{FEFE}\x{FF10}-\x{FF19}\x{FF21}-\x{FF3A}\x{FF41}-\x{FF5A}\x{FF66}-\x{FFDC}\x{10000}-\x{1EFFF}\x{20000}-\x{3FFFF}'
;

-- An e-mail address, however people write it to mislead robots: "ann@lumen.org", "ann [at] lumen [dot]
-- org", "a n n @ l u m e n", "ann at lumen.org". A plain "at" needs an ending that addresses have,
-- since one is also "good at tf.keras"; "recall@10" is none.
create temp macro email_pattern() as
    replace(
        replace(
            replace(
                replace(
                    replace(
                        '(?i)\b(?:[LETTERS0-9]\s){2,}@(?:\s(?:[LETTERS0-9]\b|\.))+'
                        || '|NAMES[@＠]+\s?(?:[\[({<][^\])}>]{0,40}[\])}>]|[LETTERS][LETTERS0-9_-]+)(?:DOTNAME)*'
                        || '|NAMES\s*[\[({<]\s*(?:at|@|＠|ät|arroba)\s*[\])}>]\s*NAMES'
                        || '|NAMES\s*(?:[@＠]+|&#64;|%40|[|*"_/-]\s?at\s?[|*"_/-])\s*NAME(?:DOTNAME)+'
                        || '|NAMES\s+(?:a ?t|ät|arroba|at-sign|\(a\))\s+NAMES(?:\s+d ?o ?t\s+[LETTERS]{2,}|WRAPPED[LETTERS]{2,}|\.(?:'
                        || 'com|org|net|info|biz|edu|gov|io|ai|app|dev|tech|cloud|xyz|bio|health|jobs|careers|works|team|studio|'
                        || 'so|co|me|ly|sh|gg|vc|fm|tv|cc|inc|uk|eu|ch|at|de|fr|es|pt|it|nl|be|dk|se|no|fi|ie|pl|cz|ru|in|cn|'
                        || 'jp|kr|sg|au|nz|br|ca|us)\b)',
                        'NAMES',
                        'NAME(?:DOTNAME)*'
                    ),
                    'NAME',
                    '[LETTERS0-9_+%-]+(?:[.·][LETTERS0-9_+%-]+)*'
                ),
                'DOT',
                '(?:[.·]|\s\.\s|\s+d ?o ?t\s+|WRAPPED)'
            ),
            'WRAPPED',
            '\s*[\[({<|*"_/-]\s*(?:dot|\.|punkt|punto)\s*[\])}>|*"_/-]\s*'
        ),
        'LETTERS',
        letters()
    )
;

-- A telephone number: after "+", after a leading zero, ten digits and more, the groups of North
-- America (3-3-4), of Iberia and Poland (3-3-3, 3-2-2-2), or six digits after "call" and the like.
-- Thousands with commas, dates, and ranges with a spaced dash ("60 000 - 80 000") are none.
create temp macro phone_pattern() as
    '(?i)[(\[]?[+＋]\s?[(\[]?\p{Nd}(?:[\s().\[\]/·\p{Pd}]{0,3}\p{Nd}){6,14}'
    || '|\(?\b0\d(?:(?:[\s().\[\]/·\p{Pd}]{0,2}|\s/\s)\d){7,13}\b'
    || '|\(?\p{Nd}(?:[\s()/\p{Pd}]{0,2}\p{Nd}){9,14}'
    || '|\(?\b\d{3}\)?\s?[.·/\p{Pd}]?\s?\d{3}\s?[.·/\p{Pd}]?\s?\d{4}\b'
    || '|\b[2-9]\d\d[\s.\p{Pd}]?\d{3}[\s.\p{Pd}]?\d{3}\b'
    || '|\b[2-9]\d\d(?:[\s.\p{Pd}]\d\d){3}\b'
    || '|\b(?:tele(?:phone|fon)|tel|ph|phone|mobile?|cell|handy|whatsapp|signal|sms|text|call|ring|fax)\b[\s:.\p{Pd}]{0,3}'
    || '(?:(?:us|me|on|at|nr|no|number)[\s:.\p{Pd}]{1,3}){0,3}\(?\d(?:[\s().\[\]/·\p{Pd}]{0,3}\d){5,14}'
;

-- A text without e-mail addresses and telephone numbers. What is taken for one by mistake ("engineer
-- at acme.com") costs a few words of evidence; numbers in words and names on other services are not
-- found.
create temp macro without_contacts(words) as
    regexp_replace(
        regexp_replace(words, email_pattern(), '[contact removed]', 'g'),
        phone_pattern(),
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

-- The period of an edition that a document is of, as the lake writes it: '2019-07' where its source goes by
-- month.
create temp macro period_of(year, month) as coalesce(strftime(month, '%Y-%m'), cast(year as varchar));
