-- Under which licences do the seeds of kept problems stand?
SELECT
    if(license = '', 'not known', license) AS license,
    kind,
    count(DISTINCT seed_id) AS seeds,
    count(*) AS kept
FROM (SELECT seed_id FROM easy UNION ALL SELECT seed_id FROM medium UNION ALL SELECT seed_id FROM hard) JOIN seeds USING (seed_id)
GROUP BY ALL
ORDER BY kept DESC, license, kind;
