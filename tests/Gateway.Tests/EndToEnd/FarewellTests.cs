using System.Net;
using System.Net.Http.Headers;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.EndToEnd;

/// <summary>What a gateway that has been told to stop does while others still learn of it.</summary>
public sealed class FarewellTests
{
    [Fact]
    public async Task A_gateway_that_stops_takes_requests_for_a_while_and_asks_clients_to_go_elsewhere()
    {
        await using var gateway = await LiveGateway.StartAsync(farewell: TimeSpan.FromSeconds(5), projects: ["orders"]);
        await gateway.SendTracesAsync(Requests.Traces(("orders", ["before"])));

        var stop = gateway.Host.StopAsync();

        Assert.Equal("the gateway stops", gateway.Host.NotReady);
        using var content = new ByteArrayContent(Requests.Traces(("orders", ["meanwhile"])));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await gateway.Client.PostAsync(new Uri(gateway.Http, "/v1/traces"), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.ConnectionClose);
        await stop;
        Assert.Equal(["before", "meanwhile"], gateway.SpansOf("orders").Order(StringComparer.Ordinal));
        await Assert.ThrowsAsync<HttpRequestException>(() => gateway.SendTracesAsync(Requests.Traces(("orders", ["after"]))));
    }
}
