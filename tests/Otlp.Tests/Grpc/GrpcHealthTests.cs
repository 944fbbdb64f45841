using Google.Protobuf;
using Grpc.Health.V1;
using SentryOtel.Otlp.Grpc;

namespace SentryOtel.Otlp.Tests.Grpc;

public sealed class GrpcHealthTests
{
    [Theory]
    [InlineData("", true, HealthCheckResponse.Types.ServingStatus.Serving)]
    [InlineData("known", false, HealthCheckResponse.Types.ServingStatus.NotServing)]
    public async Task Check_tells_whether_a_service_serves(string service, bool serving, HealthCheckResponse.Types.ServingStatus expected)
    {
        await using var server = await StartAsync(name => name == service ? serving : null);

        var response = await server.SendAsync(Frame(new HealthCheckRequest { Service = service }.ToByteArray()));

        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(expected, HealthCheckResponse.Parser.ParseFrom(body.AsSpan(5)).Status);
        Assert.Equal(["0"], response.TrailingHeaders.GetValues("grpc-status"));
    }

    [Fact]
    public async Task Check_of_an_unknown_service_is_not_found()
    {
        await using var server = await StartAsync(_ => null);

        var response = await server.SendAsync(Frame(new HealthCheckRequest { Service = "unknown" }.ToByteArray()));

        Assert.Equal($"{(int)GrpcStatusCode.NotFound}", response.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Check_of_malformed_bytes_is_invalid()
    {
        await using var server = await StartAsync(_ => true);

        var response = await server.SendAsync(Frame([0x0A, 0x09]));

        Assert.Equal($"{(int)GrpcStatusCode.InvalidArgument}", response.Headers.GetValues("grpc-status").Single());
    }

    private static Task<GrpcServer> StartAsync(Func<string, bool?> isServing) =>
        GrpcServer.StartAsync(context => GrpcHealth.CheckAsync(context, isServing, TimeProvider.System));

    private static byte[] Frame(byte[] message) => [0, 0, 0, 0, (byte)message.Length, .. message];
}
