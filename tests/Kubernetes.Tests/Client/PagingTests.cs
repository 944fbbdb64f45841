using Microsoft.AspNetCore.Http;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Tests.Client;

public sealed class PagingTests
{
    [Fact]
    public async Task A_continue_token_that_expires_on_the_way_starts_the_list_over_without_pages()
    {
        var queries = new List<string>();
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            queries.Add(context.Request.QueryString.Value!);
            var answer = queries.Count switch
            {
                1 => """{"metadata":{"resourceVersion":"5","continue":"a/b+c="},"items":[{"metadata":{"name":"gone"}}]}""",
                2 => """{"kind":"Status","status":"Failure","reason":"Expired","code":410}""",
                _ => """{"metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"x"}},{"metadata":{"name":"y"}}]}""",
            };
            context.Response.StatusCode = queries.Count == 2 ? 410 : 200;
            return context.Response.WriteAsync(answer);
        });
        using var client = new KubernetesClient(new() { Host = server.Address });

        var list = await client.ListAllAsync<V1ConfigMap>("n", new ListOptions { LabelSelector = "a=b" }, TestContext.Current.CancellationToken);

        Assert.Equal(["x", "y"], list.Items.Select(item => item.Metadata.Name!));
        Assert.Equal("9", list.ResourceVersion);
        Assert.Equal(
            ["?labelSelector=a%3Db&limit=500", "?labelSelector=a%3Db&limit=500&continue=a%2Fb%2Bc%3D", "?labelSelector=a%3Db"], queries);
    }
}
