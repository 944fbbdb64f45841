using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Events;

/// <summary>Records what happened to an object, for kubectl describe. To be called on transitions, not on every pass.</summary>
public interface IEventRecorder
{
    /// <summary>Queues an event and returns at once; it never throws and never fails its caller.</summary>
    /// <param name="regarding">What it is about.</param>
    /// <param name="type">Normal or Warning.</param>
    /// <param name="reason">Why, for programs: CamelCase, cut at 128 characters.</param>
    /// <param name="action">What was done or tried, for programs.</param>
    /// <param name="note">For people, without secrets; cut at 1024 bytes.</param>
    /// <param name="related">A second object concerned.</param>
    void Event(IKubernetesObject regarding, EventType type, string reason, string action, string note, IKubernetesObject? related = null);
}
