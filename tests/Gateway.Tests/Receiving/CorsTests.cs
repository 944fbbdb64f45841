using System.Net;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Values;

namespace SentryOtel.Gateway.Tests.Receiving;

public sealed class CorsTests
{
    private static readonly CorsConfiguration Shop = new(
        new ValueList<string>(["https://shop.example", "https://*.shop.example"]), new ValueList<string>(["X-Team"]), new ValueList<string>(["Retry-After"]), TimeSpan.FromHours(1));

    [Theory]
    [InlineData("https://shop.example", "content-type", true)]
    [InlineData("https://EU.shop.example", "content-type, x-team", true)]
    [InlineData("https://shop.example", null, true)]
    [InlineData("https://shop.example", "x-other", false)]
    [InlineData("https://shop.example.evil", "content-type", false)]
    [InlineData("http://shop.example", "content-type", false)]
    [InlineData("https://.shop.exampl", "content-type", false)]
    public async Task A_preflight_says_what_a_page_may_send(string origin, string? headers, bool allowed)
    {
        await using var receiver = await StartAsync(Shop);

        var response = await PreflightAsync(receiver, origin, headers);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(allowed ? origin : null, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal(allowed ? "POST" : null, Header(response, "Access-Control-Allow-Methods"));
        Assert.Equal(allowed ? headers : null, Header(response, "Access-Control-Allow-Headers"));
        Assert.Equal(allowed ? "3600" : null, Header(response, "Access-Control-Max-Age"));
        Assert.Equal(allowed ? "true" : null, Header(response, "Access-Control-Allow-Credentials"));
        Assert.Equal("Origin, Access-Control-Request-Method, Access-Control-Request-Headers", Header(response, "Vary"));
        Assert.Empty(receiver.Pipeline.Requests);
    }

    [Theory]
    [InlineData("https://eu.shop.example", true)]
    [InlineData("https://evil.example", false)]
    [InlineData(null, false)]
    public async Task An_answer_is_for_pages_of_the_origins_only(string? origin, bool allowed)
    {
        await using var receiver = await StartAsync(Shop);

        var response = await receiver.PostAsync("/v1/traces", SampleTelemetry.Traces(), change: message =>
        {
            if (origin is not null)
            {
                message.Headers.Add("Origin", origin);
            }
        });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(allowed ? origin : null, Header(response, "Access-Control-Allow-Origin"));
        Assert.Equal(allowed ? "Retry-After" : null, Header(response, "Access-Control-Expose-Headers"));
        Assert.Equal("Origin", Header(response, "Vary"));
        Assert.Single(receiver.Pipeline.Requests);
    }

    [Fact]
    public async Task A_star_lets_every_page_in_without_credentials()
    {
        await using var receiver = await StartAsync(new CorsConfiguration(new ValueList<string>(["*"]), new ValueList<string>(["*"]), ValueList<string>.Empty, null));

        var response = await PreflightAsync(receiver, "https://any.example", "x-anything");

        Assert.Equal(("*", null), (Header(response, "Access-Control-Allow-Origin"), Header(response, "Access-Control-Allow-Credentials")));
        Assert.Equal(("x-anything", null), (Header(response, "Access-Control-Allow-Headers"), Header(response, "Access-Control-Max-Age")));
    }

    [Fact]
    public async Task A_preflight_needs_no_credentials_and_what_a_page_may_read_covers_errors()
    {
        var tokens = new BearerTokenConfiguration("bearertokenauth", null, new ValueList<Secret>([new Secret("token")]), "Authorization", "Bearer");
        await using var receiver = await RunningReceiver.StartAsync(
            configure: protocol => protocol with { Authenticator = tokens, Http = new HttpReceiverConfiguration { Cors = Shop } });

        var preflight = await PreflightAsync(receiver, "https://shop.example", "content-type");
        var post = await receiver.PostAsync("/v1/traces", [], change: message => message.Headers.Add("Origin", "https://shop.example"));

        Assert.Equal("https://shop.example", Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Equal((HttpStatusCode.Unauthorized, "https://shop.example"), (post.StatusCode, Header(post, "Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task A_page_can_read_what_went_wrong_after_the_answer_was_begun_anew()
    {
        await using var receiver = await RunningReceiver.StartAsync(configure: protocol => protocol with
        {
            Http = new HttpReceiverConfiguration { Cors = Shop, ResponseHeaders = new ValueList<(string, string)>([("X-Gateway", "one")]) },
        });
        receiver.Pipeline.Fault = new InvalidOperationException("A fault of the test's own.");

        var fault = await receiver.PostAsync("/v1/traces", SampleTelemetry.Traces(), change: message => message.Headers.Add("Origin", "https://shop.example"));

        Assert.Equal((HttpStatusCode.InternalServerError, "https://shop.example"), (fault.StatusCode, Header(fault, "Access-Control-Allow-Origin")));
        Assert.Equal(("true", "Retry-After", "Origin"), (Header(fault, "Access-Control-Allow-Credentials"), Header(fault, "Access-Control-Expose-Headers"), Header(fault, "Vary")));
        Assert.Equal("one", Header(fault, "X-Gateway"));
    }

    [Fact]
    public async Task Without_cors_a_preflight_is_another_method_that_is_not_served()
    {
        await using var receiver = await RunningReceiver.StartAsync();

        var response = await PreflightAsync(receiver, "https://shop.example", null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Null(Header(response, "Access-Control-Allow-Origin"));
    }

    private static Task<RunningReceiver> StartAsync(CorsConfiguration cors) =>
        RunningReceiver.StartAsync(configure: protocol => protocol with { Http = new HttpReceiverConfiguration { Cors = cors } });

    private static Task<HttpResponseMessage> PreflightAsync(RunningReceiver receiver, string origin, string? headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, new Uri(receiver.Http, "/v1/traces"));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        if (headers is not null)
        {
            request.Headers.Add("Access-Control-Request-Headers", headers);
        }

        return receiver.SendAsync(request);
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
