using SentryOtel.Crds.Validation;
using static SentryOtel.Crds.Validation.RuleMessages;

namespace SentryOtel.Crds.Tests;

/// <summary>For each rule a spec that keeps it and one that breaks it.</summary>
internal static class RuleCases
{
    private const string Token = """ "orgSlug": "acme", "authTokenSecretRef": {"name": "sentry", "key": "token"} """;
    private const string Dsn = """ "dsnSecretRef": {"name": "sentry", "key": "dsn"} """;

    public static IReadOnlyList<RuleCase> All { get; } =
    [
        Exporter("organisation and token", Token),
        Exporter("a DSN alone", Dsn),
        Exporter("nothing to send to", "", Error("spec", OneCredential)),
        Exporter("token and DSN", Token + "," + Dsn, Error("spec", OneCredential)),
        Exporter("organisation without token", """ "orgSlug": "acme" """, Error("spec", TokenWithOrganization)),
        Exporter(
            "token without organisation", """ "authTokenSecretRef": {"name": "sentry", "key": "token"} """,
            Error("spec", OneCredential), Error("spec", TokenWithOrganization)),
        Exporter("creation with a token", Token + """, "autoCreateProjects": true """),
        Exporter("creation with a DSN", Dsn + """, "autoCreateProjects": true """, Error("spec", CreationNeedsOrganization)),
        Exporter("fallback with its project", Token + """, "routing": {"onMissingAttribute": "Fallback", "fallbackProject": "rest"} """),
        Exporter("fallback without project", Token + """, "routing": {"onMissingAttribute": "Fallback"} """, Error("spec.routing", FallbackProject)),
        Exporter("disk with a volume", Token + """, "queue": {"storage": "Disk", "volumeClaim": {"size": "1Gi"}} """),
        Exporter("disk without volume", Token + """, "queue": {"storage": "Disk"} """, Error("spec.queue", VolumeClaim)),
        Exporter("memory with a volume", Token + """, "queue": {"volumeClaim": {"size": "1Gi"}} """, Error("spec.queue", VolumeClaim)),
        Exporter(
            "metrics with credentials",
            Token + """, "metrics": {"forwardTo": "https://otlp.example.com", "headersFrom": [{"name": "authorization", "secretKeyRef": {"name": "a", "key": "b"}}]} """),
        Exporter("headers of no metrics", Token + """, "metrics": {"headers": {"a": "b"}} """, Error("spec.metrics", MetricsDestination)),
        Exporter(
            "authorities of metrics from nowhere", Token + """, "metrics": {"forwardTo": "https://otlp.example.com", "tls": {"caFrom": {}}} """,
            Error("spec.metrics.tls.caFrom", OneCertificateSource)),
        Exporter("routes from selected namespaces", Token + """, "allowedRoutes": {"namespaces": {"from": "Selector", "selector": {}}} """),
        Exporter(
            "no selector", Token + """, "allowedRoutes": {"namespaces": {"from": "Selector"}} """,
            Error("spec.allowedRoutes.namespaces", NamespaceSelector)),
        Exporter(
            "selector without being asked", Token + """, "allowedRoutes": {"namespaces": {"from": "All", "selector": {}}} """,
            Error("spec.allowedRoutes.namespaces", NamespaceSelector)),
        Exporter("all operators", Discovery(
            """{"key": "a", "operator": "In", "values": ["x"]}, {"key": "b", "operator": "NotIn", "values": ["x", "y"]}, """
            + """{"key": "c", "operator": "Exists"}, {"key": "d", "operator": "DoesNotExist"}""")),
        Exporter(
            "values missing and not wanted",
            Discovery("""{"key": "a", "operator": "In"}, {"key": "b", "operator": "Exists", "values": ["x"]}"""),
            Error("spec.discovery.namespaceSelector.matchExpressions[0]", SelectorValues),
            Error("spec.discovery.namespaceSelector.matchExpressions[1]", SelectorValues)),
        Exporter("authorities from a ConfigMap", Token + """, "http": {"tls": {"caFrom": {"configMapKeyRef": {"name": "ca", "key": "ca.crt"}}}} """),
        Exporter("authorities from nowhere", Token + """, "http": {"tls": {"caFrom": {}}} """, Error("spec.http.tls.caFrom", OneCertificateSource)),
        Exporter(
            "ingest authorities from two places",
            Token + """, "ingest": {"tls": {"caFrom": {"configMapKeyRef": {"name": "a", "key": "b"}, "secretKeyRef": {"name": "a", "key": "b"}}}} """,
            Error("spec.ingest.tls.caFrom", OneCertificateSource)),
        Exporter(
            "client authorities from nowhere", Token + """, "gateway": {"tls": {"secretName": "tls", "clientCaFrom": {}}} """,
            Error("spec.gateway.tls.clientCaFrom", OneCertificateSource)),
        Exporter("replicas", Token + """, "gateway": {"replicas": 3} """),
        Exporter("autoscaling", Token + """, "gateway": {"autoscaling": {"minReplicas": 2, "maxReplicas": 2}} """),
        Exporter(
            "replicas and autoscaling", Token + """, "gateway": {"replicas": 3, "autoscaling": {"maxReplicas": 4}} """,
            Error("spec.gateway", ReplicasOrAutoscaling)),
        Exporter(
            "more at least than at most", Token + """, "gateway": {"autoscaling": {"minReplicas": 5, "maxReplicas": 4}} """,
            Error("spec.gateway.autoscaling", ReplicaBounds)),
        Exporter("a disruption budget", Token + """, "gateway": {"podDisruptionBudget": {"minAvailable": "50%"}} """),
        Exporter(
            "an empty disruption budget", Token + """, "gateway": {"podDisruptionBudget": {}} """,
            Error("spec.gateway.podDisruptionBudget", OneDisruptionBound)),
        Exporter(
            "a disruption budget with two bounds", Token + """, "gateway": {"podDisruptionBudget": {"minAvailable": 1, "maxUnavailable": 1}} """,
            Error("spec.gateway.podDisruptionBudget", OneDisruptionBound)),
        Exporter(
            "environment", Token
            + """, "gateway": {"env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}, {"name": "C"}]} """),
        Exporter(
            "reserved and doubled environment",
            Token + """, "gateway": {"env": [{"name": "POD_IP", "value": "1"}, {"name": "B", "value": "1", "valueFrom": {"a": 1}}]} """,
            Error("spec.gateway.env[0]", ReservedEnvironment), Error("spec.gateway.env[1]", OneEnvironmentValue)),
        Route("a project", """ "project": {"slug": "orders"} """),
        Route("a DSN", Dsn),
        Route("no destination", """ "suspend": true """, Error("spec", OneDestination)),
        Route("two destinations", Dsn + """, "project": {"slug": "orders"} """, Error("spec", OneDestination)),
        Route("a limit", """ "project": {"slug": "orders"}, "rateLimit": {"bytesPerSecond": 1000} """),
        Route("an empty limit", """ "project": {"slug": "orders"}, "rateLimit": {} """, Error("spec.rateLimit", RateLimit)),
    ];

    private static RuleCase Exporter(string name, string fields, params FieldError[] errors) =>
        new(name, "SentryExporter", "{" + fields + "}", errors);

    private static RuleCase Route(string name, string fields, params FieldError[] errors) =>
        new(name, "SentryProjectRoute", """{"exporterRef": {"name": "sentry"}, "attributeValue": "orders", """ + fields + "}", errors);

    private static FieldError Error(string path, string message) => new(path, message);

    private static string Discovery(string expressions) => Token + """, "discovery": {"namespaceSelector": {"matchExpressions": [""" + expressions + "]}}";
}
