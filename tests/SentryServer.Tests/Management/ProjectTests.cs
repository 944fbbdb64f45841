using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Management;

public sealed class ProjectTests
{
    [Fact]
    public async Task The_organisation_names_its_region_its_features_and_what_the_token_may()
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.State.Tokens.Grant("sntryi_reader", "org:read");

        var organization = (await sentry.CallAsync("GET", "organizations/acme/", token: "sntryi_reader")).Json;

        Assert.Equal(sentry.Host.ManagementUrl.AbsoluteUri.TrimEnd('/'), (string?)organization["links"]!["regionUrl"]);
        Assert.Equal("""["org:read"]""", organization["access"]!.ToJsonString());
        Assert.Contains("ourlogs-ingestion", organization["features"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("42", (string?)organization["id"]);
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("4500000000000101")]
    public async Task A_project_is_found_by_slug_and_by_id(string name)
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.CallAsync("GET", $"projects/42/{name}/");

        Assert.Equal(200, answer.Status);
        Assert.Equal("orders", (string?)answer.Json["slug"]);
        Assert.Equal("active", (string?)answer.Json["status"]);
    }

    [Fact]
    public async Task A_path_without_its_last_slash_is_redirected()
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.CallAsync("GET", "organizations/acme/projects?per_page=1");

        Assert.Equal(301, answer.Status);
        Assert.Equal("/api/0/organizations/acme/projects/?per_page=1", answer.Message.Headers.Location?.ToString());
    }

    [Fact]
    public async Task A_renamed_project_redirects_from_its_old_slug_and_says_where_to()
    {
        await using var sentry = await TestSentry.StartAsync();
        Assert.Equal(200, (await sentry.CallAsync("PUT", "projects/acme/orders/", """{"slug":"sales"}""")).Status);

        var answer = await sentry.CallAsync("GET", "projects/acme/orders/");

        Assert.Equal(302, answer.Status);
        Assert.Equal("sales", (string?)answer.Json["slug"]);
        Assert.Equal("resource-moved", (string?)answer.Json["detail"]!["code"]);
        Assert.Equal("sales", (string?)answer.Json["detail"]!["extra"]!["slug"]);
        Assert.EndsWith("/api/0/projects/acme/sales/", answer.Message.Headers.Location?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renaming_to_a_taken_slug_is_400_not_409()
    {
        await using var sentry = await TestSentry.StartAsync(configure: options => options with { Projects = ["orders", "cart"] });

        var answer = await sentry.CallAsync("PUT", "projects/acme/orders/", """{"slug":"cart"}""");

        Assert.Equal(400, answer.Status);
        Assert.Equal("""{"slug":["Another project (cart) is already using that slug"]}""", answer.Text);
    }

    [Fact]
    public async Task A_deleted_project_is_gone_at_once_and_its_slug_gives_a_new_id_and_key()
    {
        await using var sentry = await TestSentry.StartAsync();
        var (before, oldKey) = (sentry.Orders, sentry.OrdersKey);

        Assert.Equal(204, (await sentry.CallAsync("DELETE", "projects/acme/orders/")).Status);
        Assert.Equal(404, (await sentry.CallAsync("DELETE", "projects/acme/orders/")).Status);
        Assert.Equal(404, (await sentry.CallAsync("GET", "projects/acme/orders/")).Status);
        Assert.Equal(201, (await sentry.CallAsync("POST", "teams/acme/platform/projects/", """{"name":"orders","slug":"orders"}""")).Status);

        Assert.Equal(ProjectStatus.PendingDeletion, sentry.State.Projects.Get(before.Id)!.Status);
        Assert.NotEqual(before.Id, sentry.Orders.Id);
        Assert.NotEqual(oldKey, sentry.OrdersKey);
    }

    [Theory]
    [InlineData("", "cart,orders,orders-eu")]
    [InlineData("slug:orders", "orders")]
    [InlineData("slug:orders slug:cart", "cart,orders")]
    [InlineData("ord", "orders,orders-eu")]
    [InlineData("id:4500000000000102", "cart")]
    [InlineData("team:platform", "cart,orders,orders-eu")]
    [InlineData("!team:platform", "")]
    public async Task The_list_is_in_slug_order_and_narrowed_by_the_query(string query, string expected)
    {
        await using var sentry = await TestSentry.StartAsync(configure: options => options with { Projects = ["orders", "cart", "orders-eu"] });

        var answer = await sentry.CallAsync("GET", $"organizations/acme/projects/?query={Uri.EscapeDataString(query)}");

        Assert.Equal(expected, string.Join(',', answer.Json.AsArray().Select(project => (string?)project!["slug"])));
    }

    [Fact]
    public async Task Teams_are_listed_created_and_given_to_projects()
    {
        await using var sentry = await TestSentry.StartAsync();

        Assert.Equal(201, (await sentry.CallAsync("POST", "organizations/acme/teams/", """{"slug":"web"}""")).Status);
        var again = await sentry.CallAsync("POST", "organizations/acme/teams/", """{"slug":"web"}""");
        Assert.Equal(201, (await sentry.CallAsync("POST", "projects/acme/orders/teams/web/")).Status);
        var unknown = await sentry.CallAsync("POST", "projects/acme/orders/teams/nobody/");
        var ofProject = await sentry.CallAsync("GET", "projects/acme/orders/teams/");
        Assert.Equal(200, (await sentry.CallAsync("DELETE", "projects/acme/orders/teams/platform/")).Status);

        Assert.Equal(409, again.Status);
        Assert.Equal("""{"non_field_errors":["A team with this slug already exists."],"detail":"A team with this slug already exists."}""", again.Text);
        Assert.Equal("""{"detail":"Team does not exist."}""", unknown.Text);
        Assert.Equal(2, ofProject.Json.AsArray().Count);
        Assert.Single((await sentry.CallAsync("GET", "teams/acme/web/projects/")).Json.AsArray());
        Assert.Empty((await sentry.CallAsync("GET", "teams/acme/platform/projects/")).Json.AsArray());
    }
}
