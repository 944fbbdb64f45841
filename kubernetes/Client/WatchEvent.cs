using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Client;

/// <summary>What happened to an object.</summary>
public enum WatchEventType
{
    /// <summary>It appeared, or came to match the selector.</summary>
    Added,

    /// <summary>It changed.</summary>
    Modified,

    /// <summary>It went, or matches the selector no more.</summary>
    Deleted,

    /// <summary>Nothing: the version moved on.</summary>
    Bookmark,
}

/// <summary>One event of a watch.</summary>
/// <typeparam name="T">Kind of the object.</typeparam>
/// <param name="Type">What happened.</param>
/// <param name="Entity">The object, in its last state when deleted; null for a bookmark.</param>
/// <param name="Metadata">Metadata of the object or bookmark.</param>
public readonly record struct WatchEvent<T>(WatchEventType Type, T? Entity, V1ObjectMeta Metadata)
    where T : class
{
    /// <summary>Where a later watch may go on.</summary>
    public string? ResourceVersion => Metadata.ResourceVersion;
}
