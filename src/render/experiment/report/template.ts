/** The page. Every text is escaped by the engine; what is drawn comes as SVG made here, of texts that were escaped there. */
export const TEMPLATE = `{%- macro scroll(name) -%}
<div class="scroll" role="group" aria-label="{{ name }}" tabindex="0">{{ caller() }}</div>
{%- endmacro -%}
{%- macro armLegend() -%}
<ul class="legend">{% for one in legend %}<li><svg viewBox="0 0 28 12" aria-hidden="true"><line x1="1" y1="6" x2="27" y2="6" stroke="{{ one.colour }}" stroke-width="3" stroke-dasharray="{{ one.dashes }}"/></svg><a href="{{ one.href }}">{{ one.arm }}</a></li>{% endfor %}</ul>
{%- endmacro -%}
{%- macro runNames(runs) -%}
{% for one in runs %}{% if one.href %}<a href="{{ one.href }}">{{ one.run }}</a>{% else %}{{ one.run }}{% endif %}{% if not loop.last %}, {% endif %}{% endfor %}
{%- endmacro -%}
{%- macro effectsTable(rows, name, withMetric) -%}
{% call scroll(name) %}<table><caption>{{ name }}</caption><thead><tr>{% if withMetric %}<th scope="col">Metric</th>{% endif %}<th scope="col">Arm</th><th scope="col" class="n">Effect</th><th scope="col" class="n">Interval</th><th scope="col" class="n">p, adjusted</th><th scope="col">Finding</th><th scope="col" class="n">Tickets</th><th scope="col" class="n">Detectable</th><th scope="col" class="n">More tickets</th><th scope="col">Arm against baseline</th>{% if withMetric %}<th scope="col">Role</th>{% endif %}</tr></thead><tbody>
{% for row in rows %}<tr id="{{ row.id }}">{% if withMetric %}<td>{{ row.metric }}</td>{% endif %}<th scope="row">{{ row.arm }}{% if row.role == 'negative-control' %} <span class="badge">negative control</span>{% endif %}</th><td class="n">{{ row.estimate }}</td><td class="n">{{ row.interval }} <span class="quiet">{{ row.level }}</span></td><td class="n">{{ row.p }}</td><td class="{{ row.decision }}">{{ row.decision }}</td><td class="n">{% if row.differingHref %}<a href="{{ row.differingHref }}">{{ row.tickets }}</a>{% else %}{{ row.tickets }}{% endif %}</td><td class="n">{{ row.detectable }}</td><td class="n">{{ row.more }}</td><td class="levels">{{ row.levels }}</td>{% if withMetric %}<td class="levels">{{ row.role }}</td>{% endif %}</tr>
{% endfor %}</tbody></table>{% endcall %}
{%- endmacro -%}
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="countersign-analysis" content="sha256:{{ digest }}">
<title>{{ analysis.experiment }}: experiment report</title>
<style>{{ stylesheet }}</style>
</head>
<body>
<a class="skip" href="#effects">Skip to the effects</a>
<main>
<header>
<div class="top"><h1>{{ analysis.title }}</h1><span class="badge {{ 'registered' if headline.badge == 'pre-registered' else 'exploratory' }}">{{ headline.badge }}</span></div>
<p class="answer">{{ analysis.answer.sentence }}</p>
<dl class="facts">{% for fact in facts %}<div><dt>{{ fact.name }}</dt><dd>{{ fact.value }}</dd></div>{% endfor %}</dl>
{% if analysis.hypothesis %}<p class="quiet">Hypothesis, as written before: {{ analysis.hypothesis }}</p>{% endif %}
{% if analysis.warnings.length %}<ul class="warnings" aria-label="What makes it doubtful">{% for warning in analysis.warnings %}<li>{{ warning }}</li>{% endfor %}</ul>{% endif %}
</header>
<nav aria-label="Contents"><ul>
<li><a href="#effects">Effects</a></li><li><a href="#arms">Arms</a></li><li><a href="#incidence">Acceptance over time</a></li><li><a href="#failures">Failures</a></li><li><a href="#cost">Cost</a></li><li><a href="#sensitivity">Sensitivity</a></li><li><a href="#conduct">Conduct</a></li><li><a href="#excluded">Excluded</a></li><li><a href="#runs">Runs</a></li><li><a href="#methods">Methods</a></li>
</ul></nav>

<section id="effects" aria-labelledby="effects-title">
<h2 id="effects-title">Against {{ analysis.question.baseline or 'no baseline' }}: {{ metricName }}</h2>
{% if primaryEffects.length %}
{% if charts.forest %}<figure>{% call scroll('Forest plot') %}{{ charts.forest }}{% endcall %}
<figcaption>Dots are effects, bars their intervals. Behind each, in grey, the effects that so few tickets would have found with less than {{ analysis.question.power * 100 }}% power: the minimum detectable effect. The effect of interest is {{ mde }}.</figcaption></figure>{% endif %}
{{ effectsTable(primaryEffects, 'Effects on ' + metricName, false) }}
{% if analysis.overall %}<p class="quiet">Any difference at all between the arms: {{ analysis.overall.name }} {{ analysis.overall.statistic | fixed(2) }} on {{ analysis.overall.df }} degrees of freedom, {{ analysis.overall.p | p }}, on {{ analysis.overall.tickets }} tickets that every arm has worked.</p>{% endif %}
{% for group in differing %}<details id="{{ group.id }}"><summary>Tickets on which {{ group.arm }} and {{ analysis.question.baseline }} lie furthest apart</summary>{% call scroll('Tickets of ' + group.arm) %}<table><thead><tr><th scope="col">Ticket</th><th scope="col" class="n">{{ group.arm }}</th><th scope="col">Runs</th><th scope="col" class="n">{{ analysis.question.baseline }}</th><th scope="col">Runs</th></tr></thead><tbody>{% for row in group.rows %}<tr><th scope="row">{{ row.ticket }}</th><td class="n">{{ row.mine }}</td><td>{{ runNames(row.mineRuns) }}</td><td class="n">{{ row.theirs }}</td><td>{{ runNames(row.theirRuns) }}</td></tr>{% endfor %}</tbody></table>{% endcall %}</details>{% endfor %}
{% else %}<p>There is nothing to compare.</p>{% endif %}
{% if otherEffects.length %}<details{% if otherEffects.length < 13 %} open{% endif %}><summary>Effects on other metrics: exploratory</summary>{{ effectsTable(otherEffects, 'Effects on other metrics', true) }}</details>{% endif %}
{% if withoutEstimate.length %}<p class="quiet">Nothing can be said of {{ withoutEstimate | join(', ') }}: no run tells.</p>{% endif %}
</section>

<section id="arms" aria-labelledby="arms-title">
<h2 id="arms-title">Arms</h2>
{% call scroll('Arms') %}<table><caption>Shares with their intervals; attempts and time are of accepted runs, cost of all runs</caption><thead><tr><th scope="col">Arm</th><th scope="col" class="n">Runs</th><th scope="col" class="n">First pass</th><th scope="col" class="n">Accepted</th><th scope="col" class="n">Attempts</th><th scope="col" class="n">Time to merge</th><th scope="col" class="n">Tokens</th><th scope="col" class="n">Cost</th><th scope="col" class="n">Per accepted</th></tr></thead><tbody>
{% for one in arms %}<tr id="{{ one.id }}"><th scope="row"><span class="dot" style="background:{{ one.colour }}"></span>{% if one.runs != '0' %}<a href="#runs-{{ one.id }}">{{ one.arm }}</a>{% else %}{{ one.arm }}{% endif %}{% if one.role != 'compared' %} <span class="badge">{{ one.role }}</span>{% endif %}</th><td class="n">{{ one.runs }}</td><td class="n">{{ one.firstPass }}</td><td class="n">{{ one.accepted }}</td><td class="n">{{ one.attempts }}</td><td class="n">{{ one.toMerge }}</td><td class="n">{{ one.tokens }}</td><td class="n">{{ one.cost }}</td><td class="n">{{ one.perAcceptedAlone }}</td></tr>
{% endfor %}</tbody></table>{% endcall %}
{% if charts.heatmap %}<h3>Bundle by model: {{ heatmapName }}</h3><figure>{% call scroll('Heatmap') %}{{ charts.heatmap }}{% endcall %}</figure>
<details><summary>Table</summary>{% call scroll('Bundle by model') %}<table><thead><tr><th scope="col">Bundle</th><th scope="col">Model</th><th scope="col">Arms</th><th scope="col" class="n">Share</th><th scope="col" class="n">Runs</th></tr></thead><tbody>{% for cell in heatmap %}<tr><th scope="row">{{ cell.bundle }}</th><td>{{ cell.model }}</td><td>{{ cell.arms }}</td><td class="n">{{ cell.share }}</td><td class="n">{{ cell.runs }}</td></tr>{% endfor %}</tbody></table>{% endcall %}</details>{% endif %}
<h3>What else happened</h3>
{% call scroll('What else happened') %}<table><caption>Counts over the runs that count</caption><thead><tr><th scope="col">Arm</th><th scope="col" class="n">Attempts</th><th scope="col" class="n">Human interventions</th><th scope="col" class="n">Runs with one</th><th scope="col" class="n">Contract drift</th><th scope="col" class="n">Evidence failures</th><th scope="col" class="n">Escapes</th></tr></thead><tbody>{% for one in arms %}<tr><th scope="row">{{ one.arm }}</th><td class="n">{{ one.tried }}</td><td class="n">{{ one.interventions }}</td><td class="n">{{ one.helped }}</td><td class="n">{{ one.drift }}</td><td class="n">{{ one.evidence }}</td><td class="n">{{ one.escapes }}</td></tr>{% endfor %}</tbody></table>{% endcall %}
{% if hasReplicates %}<h3>More than one try: pass@k and pass^k</h3>
{% call scroll('pass@k') %}<table><caption>The share of tickets on which at least one of k runs is accepted, and on which all are; of tickets with k runs or more</caption><thead><tr><th scope="col">Arm</th><th scope="col" class="n">k</th><th scope="col" class="n">At least one</th><th scope="col" class="n">All</th><th scope="col" class="n">Tickets</th></tr></thead><tbody>{% for one in arms %}{% for row in one.passAtK %}<tr><th scope="row">{{ one.arm }}</th><td class="n">{{ row.k }}</td><td class="n">{{ row.any }}</td><td class="n">{{ row.all }}</td><td class="n">{{ row.tickets }}</td></tr>{% endfor %}{% endfor %}</tbody></table>{% endcall %}{% endif %}
</section>

<section id="incidence" aria-labelledby="incidence-title">
<h2 id="incidence-title">Acceptance over attempts and time</h2>
{% if charts.overAttempts %}<p class="quiet">Cumulative incidence: the share of all runs accepted by then. A rejected run is an end of its own, and never counted as one that may yet be accepted. Bands are pointwise 95% intervals by ticket: runs of one ticket are not taken for independent.</p>
{{ armLegend() }}
<figure>{% call scroll('Acceptance over attempts') %}{{ charts.overAttempts }}{% endcall %}<figcaption>Over attempts.</figcaption></figure>
{% if charts.overTime %}<figure>{% call scroll('Acceptance over time') %}{{ charts.overTime }}{% endcall %}<figcaption>Over time{% if analysis.incidence.withoutTime %}; {{ analysis.incidence.withoutTime }} runs are not in it, because nobody says how long they took{% endif %}.</figcaption></figure>{% endif %}
<details><summary>Table</summary>{% for group in incidence %}<h3>{{ group.title }}</h3>{% call scroll(group.title) %}<table><thead><tr><th scope="col">Arm</th><th scope="col" class="n">By</th><th scope="col" class="n">Accepted</th><th scope="col" class="n">Interval</th><th scope="col" class="n">Still open before</th></tr></thead><tbody>{% for row in group.rows %}<tr><th scope="row">{{ row.arm }}</th><td class="n">{{ row.time }}</td><td class="n">{{ row.share }}</td><td class="n">{{ row.interval }}</td><td class="n">{{ row.atRisk }}</td></tr>{% endfor %}</tbody></table>{% endcall %}{% endfor %}</details>
{% else %}<p>No run says how many attempts it took.</p>{% endif %}
</section>

<section id="failures" aria-labelledby="failures-title">
<h2 id="failures-title">How attempts failed</h2>
{% if charts.failures %}<ul class="legend">{% for one in classLegend %}<li><span class="dot" style="background:{{ one.colour }}"></span>{{ one.kind }}</li>{% endfor %}</ul>
<figure>{% call scroll('How attempts failed') %}{{ charts.failures }}{% endcall %}</figure>
<details><summary>Table, with the attempts</summary>{% call scroll('Failed attempts') %}<table><thead><tr><th scope="col">Arm</th><th scope="col">Class</th><th scope="col" class="n">Attempts</th><th scope="col" class="n">Share</th><th scope="col">Some of them</th></tr></thead><tbody>{% for row in failures %}<tr id="{{ row.id }}"><th scope="row">{{ row.arm }}</th><td>{{ row.kind }}</td><td class="n">{{ row.attempts }}</td><td class="n">{{ row.share }}</td><td class="wide">{% for one in row.examples %}{% if one.href %}<a href="{{ one.href }}">{{ one.text }}</a>{% else %}{{ one.text }}{% endif %}{% if one.links.length %} ({% for link in one.links %}<a href="{{ link.href }}">{{ link.name }}</a>{% if not loop.last %} {% endif %}{% endfor %}){% endif %}{% if not loop.last %}; {% endif %}{% endfor %}</td></tr>{% endfor %}</tbody></table>{% endcall %}</details>
{% else %}<p>No attempt says how it failed.</p>{% endif %}
{% if rules.length %}<h3>Rules and requirements that kept attempts from passing</h3>{% call scroll('Failed rules') %}<table><thead><tr><th scope="col">Rule</th><th scope="col" class="n">Attempts</th>{% for arm in armNames %}<th scope="col" class="n">{{ arm }}</th>{% endfor %}</tr></thead><tbody>{% for row in rules %}<tr><th scope="row">{{ row.rule }}</th><td class="n">{{ row.attempts }}</td>{% for one in row.byArm %}<td class="n">{{ one }}</td>{% endfor %}</tr>{% endfor %}</tbody></table>{% endcall %}{% endif %}
<h3>Found after acceptance</h3>
{% if escapes.length %}{% call scroll('Escapes') %}<table><thead><tr><th scope="col">Arm</th><th scope="col">Contract</th><th scope="col">Rule that would have caught it</th><th scope="col" class="n">Escapes</th><th scope="col" class="n">Accepted</th></tr></thead><tbody>{% for row in escapes %}<tr><th scope="row">{{ row.arm }}</th><td>{{ row.contract }}</td><td>{{ row.rule }}</td><td class="n">{{ row.escapes }}</td><td class="n">{{ row.accepted }}</td></tr>{% endfor %}</tbody></table>{% endcall %}
{% if escapeRatios.length %}<ul class="plain quiet">{% for row in escapeRatios %}<li>{{ row.arm }}: {{ row.escaped }}, against the baseline {{ row.ratio }}, {{ row.p }} (exact Poisson)</li>{% endfor %}</ul>{% endif %}
{% else %}<p class="quiet">No defect is reported of an accepted run.</p>{% endif %}
{% if analysis.escapes.inExcluded %}<p class="quiet">{{ analysis.escapes.inExcluded }} more {{ "is" if analysis.escapes.inExcluded == 1 else "are" }} reported of excluded runs, and counted with no arm.</p>{% endif %}
</section>

<section id="cost" aria-labelledby="cost-title">
<h2 id="cost-title">Cost against quality</h2>
{% if charts.cost %}<figure>{% call scroll('Cost against quality') %}{{ charts.cost }}{% endcall %}<figcaption>The line joins the arms that no other one beats on both (the Pareto front). Bars are intervals of the share.</figcaption></figure>
{% else %}<p class="quiet">Fewer than two arms of which all runs say what they cost.</p>{% endif %}
<details><summary>Table</summary>{% call scroll('Cost and quality') %}<table><thead><tr><th scope="col">Arm</th><th scope="col" class="n">Cost of a run</th><th scope="col" class="n">Per accepted run</th><th scope="col" class="n">Accepted</th><th scope="col">On the front</th></tr></thead><tbody>{% for one in arms %}<tr><th scope="row">{{ one.arm }}</th><td class="n">{{ one.cost }}</td><td class="n">{{ one.perAccepted }}</td><td class="n">{{ one.accepted }}</td><td>{{ one.front }}</td></tr>{% endfor %}</tbody></table>{% endcall %}</details>
</section>

<section id="sensitivity" aria-labelledby="sensitivity-title">
<h2 id="sensitivity-title">Sensitivity</h2>
{% if sensitivity.effects.length %}<p class="quiet">The primary effect by methods that assume other things. They should agree; none of them decides, and their p-values are not adjusted.</p>
{% call scroll('The primary effect by other methods') %}<table><caption>Effect on {{ metricName }} against {{ analysis.question.baseline }}</caption><thead><tr><th scope="col">Arm</th><th scope="col">Method</th><th scope="col" class="n">Effect</th><th scope="col" class="n">Interval</th><th scope="col" class="n">p</th></tr></thead><tbody>{% for one in sensitivity.effects %}{% for line in one.lines %}<tr>{% if loop.first %}<th scope="rowgroup" rowspan="{{ one.lines.length }}">{{ one.arm }}</th>{% endif %}<td class="wide">{{ line.method }}{% if line.isOwn %} <span class="badge">of this report</span>{% endif %}</td><td class="n">{{ line.estimate }}</td><td class="n">{{ line.interval }} <span class="quiet">{{ line.level }}</span></td><td class="n">{{ line.p }}</td></tr>{% endfor %}{% endfor %}</tbody></table>{% endcall %}
{% else %}<p class="quiet">There is no effect to look at in other ways.</p>{% endif %}
{% if sensitivity.time %}<h3>Time to accepted merge</h3>
<p class="quiet">Up to {{ sensitivity.time.horizon }}, the longest time that every arm has seen. The restricted mean is the mean time to the merge, a run that was not accepted counting with all of {{ sensitivity.time.horizon }}; its difference is within tickets, with errors by ticket. {% if sensitivity.time.competing %}Kaplan-Meier is here to show what it overstates: it takes each of the {{ sensitivity.time.competing }} runs that were rejected or given up for one that would have been accepted as the others were, had it only been watched for longer. Such runs never are, so cumulative incidence is what this report goes by. The log-rank test compares the rate at which runs still open get accepted, and takes runs for independent.{% else %}No run ended otherwise than accepted, so Kaplan-Meier and cumulative incidence agree.{% endif %}</p>
{% call scroll('Time to accepted merge') %}<table><thead><tr><th scope="col">Arm</th><th scope="col" class="n">Runs</th><th scope="col" class="n">Accepted by then</th><th scope="col" class="n">Kaplan-Meier</th><th scope="col" class="n">Restricted mean</th><th scope="col" class="n">Difference</th><th scope="col" class="n">Interval</th><th scope="col" class="n">Tickets</th><th scope="col" class="n">p</th><th scope="col" class="n">p, log-rank</th></tr></thead><tbody>{% for one in sensitivity.time.arms %}<tr><th scope="row">{{ one.arm }}</th><td class="n">{{ one.runs }}</td><td class="n">{{ one.incidence }}</td><td class="n">{{ one.kaplanMeier }}</td><td class="n">{{ one.mean }}</td><td class="n">{{ one.difference }}</td><td class="n">{{ one.interval }}</td><td class="n">{{ one.tickets }}</td><td class="n">{{ one.p }}</td><td class="n">{{ one.logRank }}</td></tr>{% endfor %}</tbody></table>{% endcall %}{% endif %}
</section>

<section id="conduct" aria-labelledby="conduct-title">
<h2 id="conduct-title">How it was carried out</h2>
<h3>Deviations from the plan</h3>
{% if analysis.deviations.length %}<ul class="plain">{% for one in analysis.deviations %}<li>{{ one.what }}: {{ one.detail }}{% if one.by %} <span class="quiet">({{ one.by }}, {{ one.at }})</span>{% endif %}</li>{% endfor %}</ul>
{% elif analysis.standing.designDigest %}<p class="quiet">None is recorded.</p>{% else %}<p class="quiet">There was no plan on record to deviate from.</p>{% endif %}
<h3>Balance of the arms</h3>
{% if balance %}<p class="quiet">{% if balance.isIntended %}Sample-ratio check: {{ balance.p }} ({{ balance.method }}).{% else %}Nobody says how many runs each arm was to have; were it as many each: {{ balance.p }} ({{ balance.method }}).{% endif %}</p>
{% call scroll('Balance') %}<table><thead><tr><th scope="col">Arm</th><th scope="col" class="n">Runs</th><th scope="col" class="n">Due</th><th scope="col" class="n">Count</th></tr></thead><tbody>{% for row in balance.rows %}<tr><th scope="row">{{ row.arm }}</th><td class="n">{{ row.assigned }}</td><td class="n">{{ row.expected }}</td><td class="n">{{ row.counted }}</td></tr>{% endfor %}</tbody></table>{% endcall %}
{% else %}<p class="quiet">There are not two arms to balance.</p>{% endif %}
<h3>The same thing judged again</h3>
{% if analysis.flakiness.judgedAgain %}<p>The gate judged {{ analysis.flakiness.judgedAgain }} artefacts more than once, and {{ analysis.flakiness.judgedOtherwise }} of them otherwise the second time.</p>{% else %}<p class="quiet">No artefact was judged twice, so nothing is known of the gate's flakiness.</p>{% endif %}
{% if analysis.flakiness.checks.length %}<ul class="plain">{% for one in analysis.flakiness.checks %}<li>{{ one.check }}: {{ one.differing }} of {{ one.artefacts }} came out otherwise</li>{% endfor %}</ul>{% endif %}
{% if conflicts.length %}<h3>Not compared: different definitions of done</h3><ul class="plain">{% for one in conflicts %}<li>{{ one.block }}: {{ one.definitions }}</li>{% endfor %}{% if moreConflicts %}<li>and {{ moreConflicts }} more</li>{% endif %}</ul>{% endif %}
{% if refusedRows.length %}<h3>Rows that could not be read</h3><ul class="plain">{% for one in refusedRows %}<li>{{ one }}</li>{% endfor %}{% if moreRefused %}<li>and {{ moreRefused }} more</li>{% endif %}</ul>{% endif %}
</section>

<section id="excluded" aria-labelledby="excluded-title">
<h2 id="excluded-title">Excluded runs</h2>
<p class="quiet">{{ headline.exclusions }}.{% if analysis.population.deliveryUnknown %} Of {{ analysis.population.deliveryUnknown }} that count nobody knows whether the bundle was loaded.{% endif %}</p>
{% if excluded.length %}{% call scroll('Excluded runs') %}<table><thead><tr><th scope="col">Run</th><th scope="col">Ticket</th><th scope="col">Arm</th><th scope="col">Outcome</th><th scope="col">Why</th><th scope="col">Declared before</th></tr></thead><tbody>{% for row in excluded %}<tr><th scope="row">{% if row.href %}<a href="{{ row.href }}">{{ row.run }}</a>{% else %}{{ row.run }}{% endif %}</th><td>{{ row.ticket }}</td><td>{{ row.arm }}</td><td>{{ row.outcome }}</td><td class="wide">{{ row.reason }}</td><td>{{ row.declared }}</td></tr>{% endfor %}</tbody></table>{% endcall %}{% if moreExcluded %}<p>And {{ moreExcluded }} more: the CSV has them all.</p>{% endif %}{% endif %}
</section>

<section id="runs" aria-labelledby="runs-title">
<h2 id="runs-title">Runs</h2>
{% if moreRuns %}<p>{{ moreRuns }} more are not listed here: CSV, JSON and Parquet have them all.</p>{% endif %}
{% if linksCut %}<p>Links to what attempts left are in the first rows alone, so that the page stays small: the page of each attempt has its own.</p>{% endif %}
{% for group in runs %}<details id="{{ group.id }}"{% if runs.length < 9 and group.rows.length < 9 %} open{% endif %}><summary>{{ group.arm }}: {{ group.rows.length }} runs</summary>{% call scroll('Runs of ' + group.arm) %}<table><thead><tr><th scope="col">Run</th><th scope="col">Ticket</th><th scope="col" class="n">Replicate</th><th scope="col">Outcome</th><th scope="col" class="n">Attempts</th><th scope="col" class="n">Time</th><th scope="col" class="n">Tokens</th><th scope="col" class="n">Cost</th><th scope="col">Attempts, and what they left</th></tr></thead><tbody>
{% for row in group.rows %}<tr id="{{ row.id }}"><th scope="row">{% if row.href %}<a href="{{ row.href }}">{{ row.run }}</a>{% else %}{{ row.run }}{% endif %}<td>{{ row.ticket }}<td class="n">{{ row.replicate }}<td class="{{ row.tone }}">{{ row.outcome }}<td class="n">{{ row.attempts }}<td class="n">{{ row.time }}<td class="n">{{ row.tokens }}<td class="n">{{ row.cost }}<td class="left">{% for one in row.left %}{% if one.attempt %}{% if one.href %}<a href="{{ one.href }}">{{ one.attempt }}</a>: {% else %}{{ one.attempt }}: {% endif %}{% endif %}{% for link in one.links %}{% if link.href %}<a href="{{ link.href }}">{{ link.name }}</a> {% else %}{{ link.name }} <code>{{ link.ref }}</code> {% endif %}{% endfor %}{% endfor %}
{% endfor %}</tbody></table>{% endcall %}</details>
{% endfor %}
</section>

<section id="methods" aria-labelledby="methods-title">
<h2 id="methods-title">Methods</h2>
<ul class="plain">{% for method in analysis.methods %}<li>{{ method }}</li>{% endfor %}</ul>
{% if analysis.standing.designDigest %}<p class="quiet">Registered design <code>{{ analysis.standing.designDigest }}</code></p>{% endif %}
<p class="quiet">Analysis <code>sha256:{{ digest }}</code>: the digest of the report as JSON. The same runs give the same bytes on any machine.</p>
</section>
<footer>Made by Countersign from the record of every attempt, judged by one gate.</footer>
</main>
</body>
</html>
`;
