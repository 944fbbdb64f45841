using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>url</c>, <c>org_slug</c> and <c>auth_token</c> of <c>exporters.sentry</c>.</summary>
internal static class ApiReader
{
    /// <summary>With an operator there is nothing to ask Sentry's API for.</summary>
    public static SentryApiConfiguration? Without(SectionReader section)
    {
        if (section.Has("auth_token"))
        {
            section.Warning("auth_token", "is not used: with projects.source kubernetes the operator alone talks to Sentry's API.");
        }

        section.Text("url");
        section.Text("org_slug");
        return null;
    }

    /// <summary>How the API is reached; null when the exporter does without, or when it is wrong.</summary>
    public static SentryApiConfiguration? Read(SectionReader section, bool tokenFree)
    {
        var (url, organization, token) = (section.Text("url"), section.Text("org_slug"), section.Secret("auth_token"));
        if (tokenFree && !section.Has("org_slug") && !section.Has("auth_token"))
        {
            if (section.Flag("auto_create_projects", false))
            {
                section.Error("auto_create_projects", "needs url, org_slug and auth_token: projects can not be created with a DSN.");
            }

            return null;
        }

        var address = Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 ? uri : null;
        if (string.IsNullOrEmpty(url) && !section.HasError("url"))
        {
            section.Error("url", "must be configured, as https://sentry.io.");
        }
        else if (address is null && !section.HasError("url"))
        {
            section.Error("url", "must be an http or https address without user or password.");
        }

        if (string.IsNullOrEmpty(organization) && !section.HasError("org_slug"))
        {
            section.Error("org_slug", "must be configured: the slug of the organization in Sentry.");
        }

        if (token is null && !section.HasError("auth_token"))
        {
            section.Error("auth_token", "must be configured: an internal integration's token. Without one, use dsn or routing.attribute_to_dsn_mapping.");
        }

        return address is null || string.IsNullOrEmpty(organization) || token is null
            ? null
            : new SentryApiConfiguration(address, organization, token.Value);
    }
}
