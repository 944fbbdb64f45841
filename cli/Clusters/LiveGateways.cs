using System.Text.Json;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Client;

namespace SentryOtel.Cli.Clusters;

/// <summary>Asks gateways through the API server what they know: <c>/routes</c> of each pod.</summary>
internal sealed class LiveGateways(KubernetesClient client)
{
    private const int MetricsPort = 8888;

    /// <summary>The way to a port of a pod.</summary>
    public PodProxy Pods => client.Pods;

    /// <summary>What one gateway says, or why it does not.</summary>
    public async Task<GatewayAnswer> AskAsync(string @namespace, string pod, CancellationToken cancellationToken)
    {
        try
        {
            var body = await client.Pods.SendAsync(HttpMethod.Get, new PodPort(@namespace, pod, MetricsPort), "/routes", null, "application/json", cancellationToken);
            return JsonSerializer.Deserialize(body, RoutesJsonContext.Default.RoutesView) is { } routes
                ? new GatewayAnswer(pod, routes, null)
                : new GatewayAnswer(pod, null, "its answer is empty");
        }
        catch (JsonException)
        {
            return new GatewayAnswer(pod, null, "its answer at :8888/routes is not what a gateway of this version says");
        }
        catch (KubernetesException exception) when (exception.IsForbidden)
        {
            return new GatewayAnswer(pod, null, $"{exception.Status?.Message}; it takes 'get' and 'create' on pods/proxy");
        }
        catch (Exception exception) when (exception is KubernetesException or HttpRequestException or IOException or TimeoutException)
        {
            return new GatewayAnswer(pod, null, (exception as KubernetesException)?.Status?.Message ?? exception.Message);
        }
    }
}

/// <summary>What came of asking a gateway.</summary>
/// <param name="Pod">Name of its pod.</param>
/// <param name="Routes">What it says; null when it could not be asked.</param>
/// <param name="Failure">Why not.</param>
internal sealed record GatewayAnswer(string Pod, RoutesView? Routes, string? Failure);
