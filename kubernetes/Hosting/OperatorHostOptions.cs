using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.LeaderElection;

namespace SentryOtel.Kubernetes.Hosting;

/// <summary>How an operator runs (controller-runtime's manager options).</summary>
public sealed record OperatorHostOptions
{
    /// <summary>The namespaces to look at; empty for all.</summary>
    public IReadOnlyList<string> WatchNamespaces { get; init; } = [];

    /// <summary>Serialisers of the operator's own kinds, the same as in the client's options.</summary>
    public IReadOnlyList<IJsonTypeInfoResolver> JsonTypeInfoResolvers { get; init; } = [];

    /// <summary>Where /healthz, /livez and /readyz are served; "0" for nowhere. Default ":8081".</summary>
    public string HealthProbeBindAddress { get; init; } = ":8081";

    /// <summary>Where /metrics is served, on its own; "0" for nowhere. Default ":8080".</summary>
    public string MetricsBindAddress { get; init; } = ":8080";

    /// <summary>The lease to lead by; null: this is the only instance and always leads.</summary>
    public LeaderElectionOptions? LeaderElection { get; init; }

    /// <summary>The client that renews the lease: another than the rest uses. Required with <see cref="LeaderElection"/>.</summary>
    public IKubernetesClient? LeaderElectionClient { get; init; }

    /// <summary>How long the first lists may take before the host gives up. Default 2 minutes.</summary>
    public TimeSpan CacheSyncTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a stop may take before what still runs is cancelled; the pod's terminationGracePeriodSeconds must be
    /// more. Default 30 s.
    /// </summary>
    public TimeSpan GracefulShutdownTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Who records events: "example.com/controller".</summary>
    public required string ReportingController { get; init; }

    /// <summary>Logs of everything.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Clock of everything.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Source of all jitter.</summary>
    public Random Random { get; init; } = new();
}
