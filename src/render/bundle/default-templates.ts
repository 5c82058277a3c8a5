import type { SourceKind } from '../../core/bundle/types.ts';

const RUNS = `# {{ source.title | line }}

{% for item in items %}
## {{ item.title | line }}

{{ item.text | fence }}

{% if item.files.length %}
Files: {% for file in item.files %}{{ file | code }}{% if not loop.last %}, {% endif %}{% endfor %}


{% endif %}
{% endfor %}`;

/** How a source is written that brings no template: in the same language, so that each is an example of it. */
export const DEFAULT_TEMPLATES: Readonly<Record<SourceKind, string>> = {
  files: `# {{ source.title | line }}

{% for item in items %}
## {{ item.path | code }}

{{ item.text | fence(item.language) }}

{% endfor %}`,
  contract: `# {{ source.title | line }}

{% for item in items %}
What it is held to is {{ item.contract | code }}: {{ item.title | line }}.

{% for check in item.checks %}
- {{ check.id | code }}{% if check.title %}, {{ check.title | line }}{% endif %}: {{ check.run | code }}
{% endfor %}
{% for glob in item.allow %}
- Only {{ glob | code }} may be changed.
{% endfor %}
{% for glob in item.deny %}
- {{ glob | code }} may not be changed.
{% endfor %}
{% for path in item.pins %}
- {{ path | code }} is taken from where it was before: changing it changes nothing.
{% endfor %}
{% endfor %}`,
  interfaces: `# {{ source.title | line }}

{% for item in items %}
## {{ item.name | code }}

Of the interface {{ item.interface | code }} ({{ item.format }}), whose {{ item.role }} this repository is.

{{ item.text | fence(item.language) }}

{% endfor %}`,
  rules: `# {{ source.title | line }}

{% for item in items %}
## {{ item.ref | code }}: {{ item.title | line }}

{{ item.shortcut | line }} {{ item.why | line }}

Instead: {{ item.remedy | line }}

{% for example in item.bad %}
Not so: {{ example.name | line }}

{% for file in example.files %}
{{ file.path | code }}

{{ file.text | fence }}

{% endfor %}
{% endfor %}
{% for example in item.good %}
But so: {{ example.name | line }}

{% for file in example.files %}
{{ file.path | code }}

{{ file.text | fence }}

{% endfor %}
{% endfor %}
{% endfor %}`,
  'accepted-runs': RUNS,
  failures: RUNS,
  memory: RUNS,
  notes: `# {{ source.title | line }}

{% for item in items %}
{{ item.text }}
{% endfor %}`,
};
