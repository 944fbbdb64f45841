namespace SentryOtel.Crds.Validation;

/// <summary>
/// The rules of the SentryExporter's definition in C#: servers before 1.25 do not evaluate CEL, so the operator checks what they stored.
/// Bounds, patterns and enumerations are not repeated here; every server checks those.
/// </summary>
public static class SentryExporterValidator
{
    private static readonly string[] ReservedNames = ["POD_IP", "POD_NAME", "POD_NAMESPACE", "POD_UID"];

    /// <summary>Everything that is wrong, not only the first.</summary>
    public static IReadOnlyList<FieldError> Validate(SentryExporterSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return
        [
            .. Credentials(spec),
            .. Routing(spec),
            .. SharedRules.Check(spec.Http.Tls?.CaFrom, "spec.http.tls.caFrom"),
            .. SharedRules.Check(spec.Ingest?.Tls?.CaFrom, "spec.ingest.tls.caFrom"),
            .. SharedRules.Check(spec.Metrics?.Tls?.CaFrom, "spec.metrics.tls.caFrom"),
            .. SharedRules.Check(spec.Discovery.NamespaceSelector, "spec.discovery.namespaceSelector"),
            .. SharedRules.Check(spec.AllowedRoutes.Namespaces.Selector, "spec.allowedRoutes.namespaces.selector"),
            .. Gateway(spec.Gateway),
        ];
    }

    private static IEnumerable<FieldError> Credentials(SentryExporterSpec spec)
    {
        if (spec.OrgSlug is null == spec.DsnSecretRef is null)
        {
            yield return new FieldError("spec", RuleMessages.OneCredential);
        }

        if (spec.OrgSlug is null != spec.AuthTokenSecretRef is null)
        {
            yield return new FieldError("spec", RuleMessages.TokenWithOrganization);
        }

        if (spec.OrgSlug is null && spec.AutoCreateProjects)
        {
            yield return new FieldError("spec", RuleMessages.CreationNeedsOrganization);
        }
    }

    private static IEnumerable<FieldError> Routing(SentryExporterSpec spec)
    {
        if (spec.Routing is { OnMissingAttribute: MissingAttributePolicy.Fallback, FallbackProject: null })
        {
            yield return new FieldError("spec.routing", RuleMessages.FallbackProject);
        }

        if ((spec.Queue.Storage == QueueStorage.Disk) != spec.Queue.VolumeClaim is not null)
        {
            yield return new FieldError("spec.queue", RuleMessages.VolumeClaim);
        }

        if (spec.Metrics is { ForwardTo: null } metrics && (metrics.Headers is not null || metrics.HeadersFrom is not null || metrics.Tls is not null))
        {
            yield return new FieldError("spec.metrics", RuleMessages.MetricsDestination);
        }

        var namespaces = spec.AllowedRoutes.Namespaces;
        if ((namespaces.From == NamespacesFrom.Selector) != namespaces.Selector is not null)
        {
            yield return new FieldError("spec.allowedRoutes.namespaces", RuleMessages.NamespaceSelector);
        }
    }

    private static IEnumerable<FieldError> Gateway(GatewaySpec gateway)
    {
        if (gateway is { Replicas: not null, Autoscaling: not null })
        {
            yield return new FieldError("spec.gateway", RuleMessages.ReplicasOrAutoscaling);
        }

        if (gateway.Autoscaling is { } autoscaling && autoscaling.MinReplicas > autoscaling.MaxReplicas)
        {
            yield return new FieldError("spec.gateway.autoscaling", RuleMessages.ReplicaBounds);
        }

        if (gateway.PodDisruptionBudget is { } budget && budget.MinAvailable is null == budget.MaxUnavailable is null)
        {
            yield return new FieldError("spec.gateway.podDisruptionBudget", RuleMessages.OneDisruptionBound);
        }

        foreach (var error in SharedRules.Check(gateway.Tls?.ClientCaFrom, "spec.gateway.tls.clientCaFrom").Concat(Environment(gateway.Env ?? [])))
        {
            yield return error;
        }
    }

    private static IEnumerable<FieldError> Environment(List<EnvironmentVariableSpec> variables)
    {
        for (var i = 0; i < variables.Count; i++)
        {
            if (variables[i] is { Value: not null, ValueFrom: not null })
            {
                yield return new FieldError($"spec.gateway.env[{i}]", RuleMessages.OneEnvironmentValue);
            }

            if (ReservedNames.Contains(variables[i].Name, StringComparer.Ordinal))
            {
                yield return new FieldError($"spec.gateway.env[{i}]", RuleMessages.ReservedEnvironment);
            }
        }
    }
}
