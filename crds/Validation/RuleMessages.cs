namespace SentryOtel.Crds.Validation;

/// <summary>What a broken rule is answered with, by the API server's CEL and by the validators alike.</summary>
internal static class RuleMessages
{
    public const string OneCredential = "set exactly one of orgSlug (with authTokenSecretRef) and dsnSecretRef";
    public const string TokenWithOrganization = "orgSlug and authTokenSecretRef belong together: set both or neither";
    public const string CreationNeedsOrganization = "autoCreateProjects needs orgSlug and authTokenSecretRef: a DSN can not create projects";
    public const string FallbackProject = "fallbackProject is required when onMissingAttribute is Fallback";
    public const string VolumeClaim = "volumeClaim is required with storage Disk and forbidden with Memory";
    public const string MetricsDestination = "headers, headersFrom and tls need forwardTo: they are of the way there";
    public const string NamespaceSelector = "selector is required with from Selector and forbidden otherwise";
    public const string SelectorValues = "values are needed with In and NotIn and forbidden with Exists and DoesNotExist";
    public const string OneCertificateSource = "set exactly one of secretKeyRef and configMapKeyRef";
    public const string ReplicasOrAutoscaling = "replicas is forbidden with autoscaling: the autoscaler owns the number";
    public const string ReplicaBounds = "minReplicas must not exceed maxReplicas";
    public const string OneDisruptionBound = "set exactly one of minAvailable and maxUnavailable";
    public const string OneEnvironmentValue = "set at most one of value and valueFrom";
    public const string ReservedEnvironment = "POD_IP, POD_NAME, POD_NAMESPACE and POD_UID are set by the operator: choose another name";
    public const string OneDestination = "set exactly one of project and dsnSecretRef";
    public const string RateLimit = "set itemsPerSecond, bytesPerSecond or both";
    public const string ExporterImmutable = "exporterRef is immutable: delete the route and create another";
    public const string AttributeValueImmutable = "attributeValue is immutable: delete the route and create another";
}
