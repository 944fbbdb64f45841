{{- define "sentry-otel-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "sentry-otel-operator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := include "sentry-otel-operator.name" . }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Part of the Deployment's selector: never add to it. */ -}}
{{- define "sentry-otel-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "sentry-otel-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "sentry-otel-operator.commonLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: sentry-otel
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "sentry-otel-operator.labels" -}}
{{ include "sentry-otel-operator.selectorLabels" . }}
app.kubernetes.io/component: operator
{{ include "sentry-otel-operator.commonLabels" . }}
{{- end }}

{{- define "sentry-otel-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "sentry-otel-operator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- /* An image in full, of a dict "root", "image". A first part with a dot or a port is a host, and then no registry is put before it. */ -}}
{{- define "sentry-otel-operator.imageOf" -}}
{{- $image := .image }}
{{- $repository := $image.repository }}
{{- $registry := default $image.registry .root.Values.global.imageRegistry }}
{{- $first := first (splitList "/" $repository) }}
{{- if and $registry (not (and (contains "/" $repository) (or (contains "." $first) (contains ":" $first) (eq $first "localhost")))) }}
{{- $repository = printf "%s/%s" (trimSuffix "/" $registry) $repository }}
{{- end }}
{{- if $image.digest }}
{{- printf "%s@%s" $repository $image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (default .root.Chart.AppVersion $image.tag) }}
{{- end }}
{{- end }}

{{- define "sentry-otel-operator.image" -}}
{{- include "sentry-otel-operator.imageOf" (dict "root" . "image" .Values.image) }}
{{- end }}

{{- define "sentry-otel-operator.gatewayImage" -}}
{{- include "sentry-otel-operator.imageOf" (dict "root" . "image" .Values.gateway.image) }}
{{- end }}

{{- define "sentry-otel-operator.leaderElectionNamespace" -}}
{{- default .Release.Namespace .Values.leaderElection.namespace }}
{{- end }}

{{- define "sentry-otel-operator.serviceName" -}}
{{- printf "%s-metrics" (include "sentry-otel-operator.fullname" . | trunc 55 | trimSuffix "-") }}
{{- end }}

{{- /* Flags that operator and check have in common. */ -}}
{{- define "sentry-otel-operator.sharedArgs" -}}
{{- if .Values.leaderElection.enabled }}
- --leader-elect=true
- --leader-election-namespace={{ include "sentry-otel-operator.leaderElectionNamespace" . }}
{{- else }}
- --leader-elect=false
{{- end }}
{{- with .Values.watchNamespaces }}
- --watch-namespaces={{ join "," . }}
{{- end }}
{{- if not .Values.secrets.watch }}
- --watch-secrets=false
{{- end }}
{{- end }}

{{- /* Fails where a kind of the Prometheus operator is not served, of a dict "root", "kind", "value". */ -}}
{{- define "sentry-otel-operator.requireMonitoring" -}}
{{- if not (.root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1") }}
{{- fail (printf "%s is true, but this cluster does not serve monitoring.coreos.com/v1, which %s is of. Install the Prometheus operator's definitions first, or set %s to false. With helm template, say --api-versions monitoring.coreos.com/v1." .value .kind .value) }}
{{- end }}
{{- end }}
