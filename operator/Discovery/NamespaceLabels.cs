using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Events;

namespace SentryOtel.Operator.Discovery;

/// <summary>The labels of namespaces. An operator of single namespaces may not list them: it knows their names, and the label that says the name.</summary>
/// <param name="informer">Where they are cached; null where they can not be listed.</param>
/// <param name="watched">The namespaces that the operator is bound to; empty for all.</param>
internal sealed class NamespaceLabels(Informer<V1NamespaceMetadata>? informer, IReadOnlyList<string> watched)
{
    /// <summary>Reason of the problem that a selector asks for labels that can not be read.</summary>
    public const string NamespaceLabelsUnknown = "NamespaceLabelsUnknown";

    private const string NameLabel = "kubernetes.io/metadata.name";

    private static readonly Dictionary<string, string> NoLabels = [];

    /// <summary>Where they are cached; null where they can not be listed.</summary>
    public Informer<V1NamespaceMetadata>? Informer => informer;

    /// <summary>The namespaces there are, by name.</summary>
    public IReadOnlyDictionary<string, IDictionary<string, string>> All() => informer is null
        ? watched.ToDictionary(
            static name => name,
            static IDictionary<string, string> (name) => new Dictionary<string, string>(StringComparer.Ordinal) { [NameLabel] = name },
            StringComparer.Ordinal)
        : informer.Store.List().ToDictionary(static space => space.Metadata.Name!, static space => space.Metadata.Labels ?? NoLabels, StringComparer.Ordinal);

    /// <summary>Why the exporter's selector does not see what it asks for; null when it does.</summary>
    public Problem? ProblemOf(SentryExporter exporter)
    {
        if (informer is not null || exporter.Spec.Discovery is not { Enabled: true, NamespaceSelector: { } selector })
        {
            return null;
        }

        var unknown = (selector.MatchLabels?.Keys ?? Enumerable.Empty<string>())
            .Concat((selector.MatchExpressions ?? []).Select(static requirement => requirement.Key))
            .Where(static key => key != NameLabel)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        return unknown.Count == 0
            ? null
            : new Problem(
                "discovery.namespaceSelector",
                NamespaceLabelsUnknown,
                $"discovery.namespaceSelector asks for {string.Join(", ", unknown)}, and an operator that watches single namespaces can not read their labels: "
                + $"select by {NameLabel}, or let the operator watch all namespaces");
    }
}
