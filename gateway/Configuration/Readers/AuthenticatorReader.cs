using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;
using SentryOtel.Gateway.Receiving.Auth;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>extensions.bearertokenauth</c>, <c>extensions.basicauth</c>, and the <c>auth</c> of a receiver's protocol that names one.</summary>
internal static class AuthenticatorReader
{
    public static BearerTokenConfiguration Bearer(string id, SectionReader section)
    {
        var file = section.Text("filename") is { Length: > 0 } path ? path : null;
        var token = section.Secret("token");
        var tokens = section.List("tokens").Select(entry => entry.Value).Where(value => value.Length > 0).ToList();
        if (token is not null && tokens.Count > 0)
        {
            section.Error("tokens", "provide either token or tokens, but not both.");
        }

        if (file is not null && (token is not null || tokens.Count > 0))
        {
            section.Warning(token is not null ? "token" : "tokens", "is not used: filename goes before it, as in the Collector.");
        }

        var known = token is { } single ? [single] : tokens.Select(value => new Secret(value)).ToList();
        if (file is null && known.Count == 0 && !section.HasError("token") && !section.HasError("filename"))
        {
            section.Error("token", "one of token, tokens and filename must be configured.");
        }

        CheckFile(section, "filename", file, text => BearerTokens.Parse(text));
        var configuration = new BearerTokenConfiguration(
            id, file, file is null ? new ValueList<Secret>(known) : ValueList<Secret>.Empty, section.Text("header") ?? "Authorization", section.Text("scheme") ?? "Bearer");
        section.Finish();
        return configuration;
    }

    public static BasicAuthConfiguration Basic(string id, SectionReader section)
    {
        if (section.Has("client_auth"))
        {
            section.Error("client_auth", "is for exporters; here it has no use. Remove it, or use htpasswd.");
        }

        var htpasswd = section.Section("htpasswd");
        var file = htpasswd?.Text("file") is { Length: > 0 } path ? path : null;
        var inline = htpasswd?.Secret("inline");
        if (file is null && inline is null && !section.Has("client_auth"))
        {
            section.Error("htpasswd", "must have file, inline, or both.");
        }

        if (inline is { } lines && Problem(() => Htpasswd.Parse(lines.Value)) is { } wrong)
        {
            htpasswd!.Error("inline", wrong);
        }

        if (htpasswd is not null)
        {
            CheckFile(htpasswd, "file", file, text => Htpasswd.Parse(text));
            htpasswd.Finish();
        }

        section.Finish();
        return new BasicAuthConfiguration(id, file, inline);
    }

    /// <summary>The authenticator that <c>auth</c> names.</summary>
    public static AuthenticatorConfiguration? Reference(SectionReader? auth, IReadOnlyDictionary<string, AuthenticatorConfiguration> authenticators)
    {
        if (auth is null)
        {
            return null;
        }

        auth.NotSupportedYet("request_params");
        var id = auth.Text("authenticator");
        auth.Finish();
        if (string.IsNullOrEmpty(id))
        {
            auth.Error("authenticator", "must name an extension, as bearertokenauth.");
            return null;
        }

        if (!authenticators.TryGetValue(id, out var found))
        {
            auth.Error(
                "authenticator",
                $"no authenticator \"{id}\" is in service: configure it under extensions (bearertokenauth or basicauth) and name it under service.extensions.{NearMiss.Hint(id, authenticators.Keys)}");
        }

        return found;
    }

    private static void CheckFile(SectionReader section, string key, string? file, Action<string> parse)
    {
        if (file is null)
        {
            return;
        }

        var text = ReadContext.Peek(file, out var error);
        if (error is not null)
        {
            section.Error(key, $"{error}.");
        }
        else if (Problem(() => parse(text!)) is { } wrong)
        {
            section.Error(key, wrong);
        }
    }

    private static string? Problem(Action parse)
    {
        try
        {
            parse();
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }
}
