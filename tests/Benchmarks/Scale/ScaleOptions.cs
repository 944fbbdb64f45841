namespace SentryOtel.Benchmarks.Scale;

/// <summary>How large a cluster is put before the operator.</summary>
internal sealed record ScaleOptions
{
    /// <summary>Path of the published operator.</summary>
    public required string Operator { get; init; }

    /// <summary>The repository's top folder, for the chart.</summary>
    public required string Repository { get; init; }

    /// <summary>Labelled workloads that become routes from nothing; 0 leaves that run out.</summary>
    public required int Workloads { get; init; }

    /// <summary>Exporters of the crowded cluster; 0 leaves that run out.</summary>
    public required int Exporters { get; init; }

    /// <summary>Routes of the crowded cluster, spread over the exporters.</summary>
    public required int Routes { get; init; }

    /// <summary>Pods of the crowded cluster that are nobody's business.</summary>
    public required int Pods { get; init; }

    /// <summary>Deployments of the crowded cluster without a label.</summary>
    public required int Deployments { get; init; }

    /// <summary>Minutes for which the operator is watched when all is ready.</summary>
    public required int IdleMinutes { get; init; }

    /// <summary>Requests a second that Sentry allows each endpoint.</summary>
    public required int SentryLimit { get; init; }
}
