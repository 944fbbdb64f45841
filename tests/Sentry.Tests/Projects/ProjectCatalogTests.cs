using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Tests.Api;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Sentry.Tests.Projects;

public sealed class ProjectCatalogTests
{
    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 5)]
    public async Task The_catalog_reads_two_lists_or_falls_back_to_one_per_project(bool modern, int calls)
    {
        await using var api = await ApiFixture.StartAsync(new SentryServerOptions { Projects = ["orders", "sales"], Modes = new Modes { OrganizationProjectKeys = modern } });

        var catalog = (await ProjectCatalog.LoadAsync(api.Client, ApiFixture.Cancellation)).Value!;

        Assert.Equal(["orders", "sales"], catalog.Projects.Select(static project => project.Slug).Order());
        Assert.All(catalog.Projects, project => Assert.Single(catalog.KeysOf(project.Id)));
        Assert.Equal(catalog.FindBySlug("sales"), catalog.FindById(catalog.FindBySlug("sales")!.Id));
        Assert.Equal(calls, api.Calls("GET", "/"));
    }
}
