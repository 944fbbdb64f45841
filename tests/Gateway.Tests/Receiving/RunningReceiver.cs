using System.Net;
using System.Net.Http.Headers;
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

    private readonly HttpClient _client;
    private int _connections;

    private RunningReceiver(long memory, ReceiverOptions? options)
    {
        var endpoint = new ProtocolConfiguration(new ListenEndpoint("localhost", 0), MaxRequestBytes);
        Admission = new Admission(memory);
        _client = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync });
        Receiver = new OtlpReceiver(
            new ReceiverConfiguration("otlp", endpoint, endpoint), Pipeline, Admission, options ?? new ReceiverOptions(), NullLoggerFactory.Instance);
    }

    /// <summary>Connections that the raw clients opened so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public RecordingPipeline Pipeline { get; } = new();

    public Admission Admission { get; }

    public OtlpReceiver Receiver { get; }

    public Uri Grpc => new($"http://{Receiver.Grpc}");

    public Uri Http => new($"http://{Receiver.Http}");

    public static async Task<RunningReceiver> StartAsync(long memory = 64 << 20, ReceiverOptions? options = null)
    {
        var running = new RunningReceiver(memory, options);
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
