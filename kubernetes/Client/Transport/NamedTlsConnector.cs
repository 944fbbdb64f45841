using System.Net.Security;
using System.Net.Sockets;

namespace SentryOtel.Kubernetes.Client.Transport;

/// <summary>
/// Connects to a server whose certificate carries another name than its address (<c>tls-server-name</c>). The HTTP handler
/// itself always expects the name of the URL, or of the Host header, which is not ours to change.
/// </summary>
internal sealed class NamedTlsConnector(Uri host, string serverName, SslClientAuthenticationOptions options)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (context.DnsEndPoint.Host != host.IdnHost || context.DnsEndPoint.Port != host.Port)
        {
            throw new IOException(
                $"tls-server-name \"{serverName}\" can not be checked through the proxy {context.DnsEndPoint.Host}: use the server's own name, or no proxy.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = serverName,
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                    CertificateChainPolicy = options.CertificateChainPolicy,
                    RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback,
                    ClientCertificateContext = options.ClientCertificateContext,
                },
                cancellationToken);
            return stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
