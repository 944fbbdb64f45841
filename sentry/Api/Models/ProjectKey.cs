using System.Text;

namespace SentryOtel.Sentry.Api;

/// <summary>A client key of a project. Its secret half is never read.</summary>
public sealed record ProjectKey
{
    /// <summary>Id in paths; equals the public key.</summary>
    public string Id { get; init; } = "";

    /// <summary>Name, up to 64 characters.</summary>
    public string? Name { get; init; }

    /// <summary>The public key: 32 hex digits.</summary>
    public string Public { get; init; } = "";

    /// <summary>Numeric id of the project as text.</summary>
    public string ProjectId { get; init; } = "";

    /// <summary>False when the key was switched off.</summary>
    public bool IsActive { get; init; }

    /// <summary>When Sentry made it.</summary>
    public DateTimeOffset? DateCreated { get; init; }

    /// <summary>Ingest addresses.</summary>
    public ProjectKeyDsn? Dsn { get; init; }

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Name = ").Append(Name).Append(", ProjectId = ").Append(ProjectId).Append(", IsActive = ").Append(IsActive);
        return true;
    }
}

/// <summary>Ingest addresses of a key.</summary>
public sealed record ProjectKeyDsn
{
    /// <summary>The DSN; holds the public key.</summary>
    public string? Public { get; init; }

    /// <summary>OTLP traces address; absent before July 2025.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("otlp_traces")]
    public string? OtlpTraces { get; init; }

    /// <summary>OTLP logs address; absent before September 2025.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("otlp_logs")]
    public string? OtlpLogs { get; init; }

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("OtlpTraces = ").Append(OtlpTraces).Append(", OtlpLogs = ").Append(OtlpLogs);
        return true;
    }
}
