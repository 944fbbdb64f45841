using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Receiving;

namespace SentryOtel.Gateway.Tests.Receiving;

/// <summary>A receiver on ports of its own, and raw clients for both protocols.</summary>
internal sealed class RunningReceiver : IAsyncDisposable
{
    public const int MaxRequestBytes = 1 << 20;

    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _client;
    private readonly string _scheme;
    private int _connections;

    private RunningReceiver(long memory, ReceiverOptions? options, Func<ProtocolConfiguration, ProtocolConfiguration>? configure, bool onePort)
    {
        var endpoint = new ProtocolConfiguration(new ListenEndpoint("localhost", 0), MaxRequestBytes);
        endpoint = configure is null ? endpoint : configure(endpoint);
        _scheme = endpoint.Tls is null ? "http" : "https";
        Admission = new Admission(memory);
        _handler = new SocketsHttpHandler { ConnectCallback = ConnectAsync };
        _handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            ServerCertificates.Enqueue(certificate!.GetCertHashString());
            return certificate is not null;
        };
        _client = new HttpClient(_handler);
        Receiver = new OtlpReceiver(
            new ReceiverConfiguration("otlp", endpoint, endpoint) { OnePort = onePort }, Pipeline, Admission, options ?? new ReceiverOptions(), NullLoggerFactory.Instance);
    }

    /// <summary>Thumbprints of the certificates that the receiver showed to the raw clients.</summary>
    public ConcurrentQueue<string> ServerCertificates { get; } = new();

    /// <summary>How the raw clients do TLS. Not to be changed after the first request.</summary>
    public SslClientAuthenticationOptions ClientTls => _handler.SslOptions;

    /// <summary>Connections that the raw clients opened so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public RecordingPipeline Pipeline { get; } = new();

    public Admission Admission { get; }

    public OtlpReceiver Receiver { get; }

    public Uri Grpc => new($"{_scheme}://{Receiver.Grpc}");

    public Uri Http => new($"{_scheme}://{Receiver.Http}");

    /// <summary>Starts a receiver with both protocols configured alike.</summary>
    public static async Task<RunningReceiver> StartAsync(
        long memory = 64 << 20, ReceiverOptions? options = null, Func<ProtocolConfiguration, ProtocolConfiguration>? configure = null, bool onePort = false)
    {
        var running = new RunningReceiver(memory, options, configure, onePort);
        await running.Receiver.StartAsync(TestContext.Current.CancellationToken);
        return running;
    }

    public Task<HttpResponseMessage> PostAsync(
        string path, byte[] body, string contentType = "application/x-protobuf", Action<HttpRequestMessage>? change = null)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(Http, path)) { Content = content }, change);
    }

    public Task<HttpResponseMessage> CallAsync(string method, byte[] frame, Action<HttpRequestMessage>? change = null)
    {
        var content = new ByteArrayContent(frame);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/grpc");
        return CallAsync(method, content, change);
    }

    public Task<HttpResponseMessage> CallAsync(string method, HttpContent content, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Grpc, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        return SendAsync(request, change);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Receiver.StopAsync(TestContext.Current.CancellationToken);
        await Receiver.DisposeAsync();
    }

    /// <summary>Sends a request that is not one of the usual.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => SendAsync(request, null);

    /// <summary>A connection that the test speaks over byte by byte.</summary>
    public async Task<NetworkStream> ConnectAsync(IPEndPoint address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _connections);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Action<HttpRequestMessage>? change)
    {
        change?.Invoke(request);
        return _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
