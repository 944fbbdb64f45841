using System.Text.Json.Nodes;

namespace SentryOtel.Kubernetes.Client;

/// <summary>What the server does with fields it does not know, or finds twice (1.25 and later).</summary>
public enum FieldValidation
{
    /// <summary>Leaves it to the server's default.</summary>
    Default,

    /// <summary>Drops them silently.</summary>
    Ignore,

    /// <summary>Drops them with a warning.</summary>
    Warn,

    /// <summary>Refuses the object.</summary>
    Strict,
}

/// <summary>How an object is created.</summary>
public sealed record CreateOptions
{
    /// <summary>Name of the actor that owns the fields; null: derived from the user agent by the server.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Checks and answers as if it were done, and stores nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>What is done with unknown fields.</summary>
    public FieldValidation FieldValidation { get; init; }
}

/// <summary>How an object is applied (server-side apply).</summary>
public sealed record ApplyOptions
{
    /// <summary>Name of the actor; stable for ever, since ownership of fields hangs on it.</summary>
    public required string FieldManager { get; init; }

    /// <summary>Takes fields over from other actors instead of failing with a conflict.</summary>
    public bool Force { get; init; }

    /// <summary>Null for the object itself, or <c>status</c>.</summary>
    public string? Subresource { get; init; }

    /// <summary>Checks and answers as if it were done, and stores nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>What is done with unknown fields.</summary>
    public FieldValidation FieldValidation { get; init; }
}

/// <summary>How an object is patched.</summary>
public sealed record PatchOptions
{
    /// <summary>Null for the object itself, or <c>status</c>, <c>scale</c>.</summary>
    public string? Subresource { get; init; }

    /// <summary>Name of the actor that owns the fields; null: derived from the user agent by the server.</summary>
    public string? FieldManager { get; init; }

    /// <summary>Checks and answers as if it were done, and stores nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>What is done with unknown fields.</summary>
    public FieldValidation FieldValidation { get; init; }
}

/// <summary>What becomes of an object's dependents.</summary>
public enum PropagationPolicy
{
    /// <summary>The object goes, then the garbage collector takes its dependents.</summary>
    Background,

    /// <summary>The dependents go first.</summary>
    Foreground,

    /// <summary>The dependents stay.</summary>
    Orphan,
}

/// <summary>How an object is deleted.</summary>
public sealed record DeleteOptions
{
    /// <summary>What becomes of dependents.</summary>
    public PropagationPolicy PropagationPolicy { get; init; } = PropagationPolicy.Background;

    /// <summary>Seconds allowed for a graceful end; null: the object's own.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Deletes only the object of this uid, else <see cref="KubernetesException.IsConflict"/>.</summary>
    public string? PreconditionUid { get; init; }

    /// <summary>Deletes only this version, else <see cref="KubernetesException.IsConflict"/>.</summary>
    public string? PreconditionResourceVersion { get; init; }

    /// <summary>Checks and answers as if it were done, and deletes nothing.</summary>
    public bool DryRun { get; init; }

    internal JsonObject ToBody()
    {
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["propagationPolicy"] = PropagationPolicy.ToString(),
        };
        if (GracePeriodSeconds is { } seconds)
        {
            body["gracePeriodSeconds"] = seconds;
        }

        var preconditions = new JsonObject();
        if (PreconditionUid is not null)
        {
            preconditions["uid"] = PreconditionUid;
        }

        if (PreconditionResourceVersion is not null)
        {
            preconditions["resourceVersion"] = PreconditionResourceVersion;
        }

        if (preconditions.Count > 0)
        {
            body["preconditions"] = preconditions;
        }

        return body;
    }
}
