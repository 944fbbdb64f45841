using System.Diagnostics;
using System.Text.Json.Nodes;

namespace SentryOtel.SentryServer.Tests.Hosting;

/// <summary>The program itself, as a process.</summary>
public sealed class ProgramTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_prints_its_addresses_on_one_line_serves_them_and_ends_on_a_signal()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        using var server = Start("--management-url", "http://127.0.0.1:0", "--ingest-url", "http://127.0.0.1:0", "--org", "initech", "--path-prefix", "/pfx", "--project", "orders", "--token", "sntryi_cli=org:read,project:read");
        try
        {
            var line = JsonNode.Parse((await server.StandardOutput.ReadLineAsync(deadline.Token))!)!;
            using var client = new HttpClient();
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer sntryi_cli");

            var keys = JsonNode.Parse(await client.GetStringAsync(new Uri($"{line["managementUrl"]}/api/0/projects/initech/orders/keys/"), deadline.Token))!;

            Assert.StartsWith((string)line["ingestUrl"]!, (string?)keys[0]!["dsn"]!["otlp_traces"], StringComparison.Ordinal);
            Assert.EndsWith("/pfx", (string?)line["managementUrl"], StringComparison.Ordinal);
            using var terminate = Process.Start("kill", ["-TERM", $"{server.Id}"]);
            await server.WaitForExitAsync(deadline.Token);
            Assert.Equal(0, server.ExitCode);
            Assert.DoesNotContain("sntryi_cli", await server.StandardOutput.ReadToEndAsync(deadline.Token) + await server.StandardError.ReadToEndAsync(deadline.Token), StringComparison.Ordinal);
        }
        finally
        {
            if (!server.HasExited)
            {
                server.Kill();
            }
        }
    }

    [Theory]
    [InlineData("--ingest-url", "nonsense", "'nonsense' is not an address to listen on")]
    [InlineData("--token", "sntryi_secret=project:wirte", "'project:wirte' is not a Sentry scope")]
    [InlineData("--project", "Orders", "The project 'Orders' can not be created")]
    public async Task A_bad_argument_ends_it_with_a_message_that_names_it_and_no_token(string option, string value, string message)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);

        using var server = Start("--management-url", "http://127.0.0.1:0", option, value);
        var error = await server.StandardError.ReadToEndAsync(deadline.Token);
        await server.WaitForExitAsync(deadline.Token);

        Assert.Equal(1, server.ExitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("sntryi_secret", error, StringComparison.Ordinal);
    }

    private static Process Start(params string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "sentry-server.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
    }
}
