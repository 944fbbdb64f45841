using Microsoft.Extensions.Logging;

namespace SentryOtel.Kubernetes.Health;

/// <summary>
/// The three probes. Liveness (healthz, and livez) says whether a restart would help: never tie it to a remote server.
/// Readiness says whether this instance can take its part; a standby is ready too.
/// </summary>
/// <param name="loggerFactory">Reasons of failures go here.</param>
public sealed class HealthChecks(ILoggerFactory loggerFactory)
{
    /// <summary>/healthz: controller-runtime's liveness path.</summary>
    public HealthCheckSet Healthz { get; } = new("healthz", loggerFactory.CreateLogger<HealthChecks>());

    /// <summary>/livez: the API server's name for liveness.</summary>
    public HealthCheckSet Livez { get; } = new("livez", loggerFactory.CreateLogger<HealthChecks>());

    /// <summary>/readyz: readiness.</summary>
    public HealthCheckSet Readyz { get; } = new("readyz", loggerFactory.CreateLogger<HealthChecks>());

    /// <summary>Adds a liveness check under both of its paths.</summary>
    public void AddLiveness(string name, Func<HealthCheckResult> check)
    {
        Healthz.Add(name, check);
        Livez.Add(name, check);
    }

    /// <summary>Adds a readiness check.</summary>
    public void AddReadiness(string name, Func<HealthCheckResult> check) => Readyz.Add(name, check);
}
