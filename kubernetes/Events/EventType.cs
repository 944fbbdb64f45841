namespace SentryOtel.Kubernetes.Events;

/// <summary>Whether an event tells of the ordinary or of trouble.</summary>
public enum EventType
{
    /// <summary>Information.</summary>
    Normal,

    /// <summary>Somebody should look.</summary>
    Warning,
}
