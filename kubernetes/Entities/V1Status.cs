namespace SentryOtel.Kubernetes.Entities;

/// <summary>The API server's answer to what failed (Status v1).</summary>
public sealed class V1Status
{
    /// <summary><c>Success</c> or <c>Failure</c>.</summary>
    public string? Status { get; set; }

    /// <summary>For people; never to be parsed.</summary>
    public string? Message { get; set; }

    /// <summary>For programs: see <c>StatusReason</c>.</summary>
    public string? Reason { get; set; }

    /// <summary>HTTP status code.</summary>
    public int? Code { get; set; }

    /// <summary>What the failure is about.</summary>
    public V1StatusDetails? Details { get; set; }
}

/// <summary>Details of a failure (StatusDetails v1).</summary>
public sealed class V1StatusDetails
{
    /// <summary>Name of the object concerned.</summary>
    public string? Name { get; set; }

    /// <summary>Group of the object concerned.</summary>
    public string? Group { get; set; }

    /// <summary>Kind (or plural) of the object concerned.</summary>
    public string? Kind { get; set; }

    /// <summary>Uid of the object concerned.</summary>
    public string? Uid { get; set; }

    /// <summary>Seconds to wait before the next attempt.</summary>
    public int? RetryAfterSeconds { get; set; }

    /// <summary>The single faults.</summary>
    public IList<V1StatusCause>? Causes { get; set; }
}

/// <summary>One fault (StatusCause v1).</summary>
public sealed class V1StatusCause
{
    /// <summary>For programs: <c>FieldValueInvalid</c>, <c>FieldManagerConflict</c>, <c>NamespaceTerminating</c> ...</summary>
    public string? Reason { get; set; }

    /// <summary>For people.</summary>
    public string? Message { get; set; }

    /// <summary>Path of the field at fault.</summary>
    public string? Field { get; set; }
}
