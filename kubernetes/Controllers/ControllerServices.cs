using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Metrics;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>What controllers share.</summary>
internal sealed record ControllerServices(TimeProvider TimeProvider, Random Random, RuntimeMetrics Metrics, ILogger Logger);
