using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Informers;

/// <summary>What an informer caches. Two informers with equal options can be one.</summary>
/// <typeparam name="T">Kind of the objects.</typeparam>
public sealed record InformerOptions<T>
    where T : class, IKubernetesObject
{
    /// <summary>The namespaces to cache, one list and watch each; empty for all, in one. Ignored for cluster-scoped kinds.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Label selector, evaluated by the server.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Field selector, evaluated by the server.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Changes an object before it is cached, to save memory; default <see cref="Transforms.StripManagedFields"/>.</summary>
    public Action<T> Transform { get; init; } = Transforms.StripManagedFields;

    /// <summary>
    /// How often handlers get every object again from the cache, ± 10 %; zero for never. No request is made. Default 10 hours.
    /// </summary>
    public TimeSpan ResyncPeriod { get; init; } = TimeSpan.FromHours(10);

    /// <summary>Shortest life of a watch; each is drawn from this to twice this, to spread reconnects. Default 300 s.</summary>
    public TimeSpan MinWatchTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <inheritdoc/>
    public bool Equals(InformerOptions<T>? other) =>
        other is not null && Namespaces.SequenceEqual(other.Namespaces, StringComparer.Ordinal)
        && LabelSelector == other.LabelSelector && FieldSelector == other.FieldSelector && Transform == other.Transform
        && ResyncPeriod == other.ResyncPeriod && MinWatchTimeout == other.MinWatchTimeout;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(string.Join(',', Namespaces), LabelSelector, FieldSelector);
}
