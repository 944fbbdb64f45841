using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Informers;

/// <summary>Where a reflector puts what it learns.</summary>
internal interface IReflectorSink<T>
    where T : class, IKubernetesObject
{
    /// <summary>The whole state of one namespace (null: of all): what is not in it has gone.</summary>
    /// <param name="namespace">What was listed.</param>
    /// <param name="items">All objects that could be read.</param>
    /// <param name="undecodable">Objects that exist but could not be read: their last known state stays.</param>
    void Replace(string? @namespace, IReadOnlyList<T> items, IReadOnlyCollection<ObjectKey> undecodable);

    /// <summary>One change.</summary>
    void Apply(WatchEventType type, T entity);
}
