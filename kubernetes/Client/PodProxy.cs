using System.Globalization;
using SentryOtel.Kubernetes.Client.Transport;

namespace SentryOtel.Kubernetes.Client;

/// <summary>
/// Speaks HTTP to what a pod serves, through the API server (<c>pods/proxy</c>): for programs outside of the cluster. The server removes the header
/// <c>Authorization</c> on the way, and goes to no loopback or link-local address.
/// </summary>
public sealed class PodProxy
{
    private readonly RequestSender _sender;

    internal PodProxy(RequestSender sender) => _sender = sender;

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <param name="method">GET, POST ...</param>
    /// <param name="port">Where.</param>
    /// <param name="path">With leading <c>/</c>.</param>
    /// <param name="body">Null for none.</param>
    /// <param name="contentType">Type of body and answer.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="KubernetesException">
    /// The answer is not a success. <c>Status.Status</c> is set when it is the API server's own, and <c>Status.Message</c> holds the pod's words otherwise.
    /// </exception>
    public Task<byte[]> SendAsync(
        HttpMethod method, PodPort port, string path, byte[]? body, string contentType, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(port);
        return _sender.SendAsync(new ApiRequest(method, port.Path + path) { Body = body, ContentType = contentType, Accept = contentType }, cancellationToken);
    }
}

/// <summary>A port of a pod.</summary>
/// <param name="Namespace">Namespace of the pod.</param>
/// <param name="Pod">Its name.</param>
/// <param name="Port">The port's number.</param>
/// <param name="IsTls">Whether it speaks TLS; the API server does not check the certificate.</param>
public sealed record PodPort(string Namespace, string Pod, int Port, bool IsTls = false)
{
    internal string Path => string.Create(
        CultureInfo.InvariantCulture,
        $"/api/v1/namespaces/{ResourcePath.Segment(Namespace, "namespace")}/pods/{(IsTls ? "https:" : "")}{ResourcePath.Segment(Pod, "name")}:{Port}/proxy");
}
