using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Events;

/// <summary>Two events with the same key are repetitions of one (all but time and note).</summary>
internal sealed record EventKey(
    string? Type, string? Action, string? Reason, string? Controller, string? Instance, ObjectId Regarding, ObjectId? Related)
{
    public static EventKey Of(V1Event entity) => new(
        entity.Type, entity.Action, entity.Reason, entity.ReportingController, entity.ReportingInstance,
        ObjectId.Of(entity.Regarding!), entity.Related is { } related ? ObjectId.Of(related) : null);
}

internal sealed record ObjectId(string? ApiVersion, string? Kind, string? Namespace, string? Name, string? Uid, string? FieldPath)
{
    public static ObjectId Of(V1ObjectReference reference) => new(
        reference.ApiVersion, reference.Kind, reference.Namespace, reference.Name, reference.Uid, reference.FieldPath);
}
