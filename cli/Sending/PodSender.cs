using SentryOtel.Kubernetes.Client;

namespace SentryOtel.Cli.Sending;

/// <summary>To one pod, through the API server.</summary>
/// <param name="pods">The way.</param>
/// <param name="port">The pod's port.</param>
internal sealed class PodSender(PodProxy pods, PodPort port) : ISender
{
    public string Target => $"pod {port.Namespace}/{port.Pod}";

    public async Task<SendAnswer> SendAsync(string path, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            return ExportAnswer.OfSuccess(await pods.SendAsync(HttpMethod.Post, port, path, body, "application/json", cancellationToken));
        }
        catch (KubernetesException exception) when (exception.Status?.Status is null)
        {
            return ExportAnswer.OfFailure((int)exception.StatusCode, exception.Status?.Message ?? exception.Message);
        }
        catch (KubernetesException exception) when (exception.IsForbidden)
        {
            return new SendAnswer(exception.Status!.Message, "It takes 'create' on pods/proxy; or forward the port and use --endpoint.");
        }
        catch (Exception exception) when (exception is KubernetesException or HttpRequestException or IOException or TimeoutException)
        {
            return new SendAnswer(
                $"the API server does not reach the pod: {(exception as KubernetesException)?.Status?.Message ?? exception.Message}",
                $"Forward the port (kubectl port-forward -n {port.Namespace} {port.Pod} 4318) and use --endpoint http://localhost:4318.");
        }
    }
}
