namespace Chain.Node.Rpc;

/// <summary>What the configuration says about JSON-RPC: who may call beside those with the cookie, and how many may wait.</summary>
public sealed record RpcAccess
{
    /// <summary>How many may wait where the configuration says nothing: more than Core's 64, since none of them holds a thread.</summary>
    public const int DefaultWorkQueue = 256;

    private const string User = "rpcuser", Password = "rpcpassword", Auth = "rpcauth", Queue = "rpcworkqueue";

    /// <summary>The names that the configuration may hold.</summary>
    public static IReadOnlyList<string> Names { get; } = [User, Password, Auth, Queue];

    /// <summary>Names and passwords.</summary>
    public IReadOnlyList<RpcCredential> Credentials { get; init; } = [];

    /// <summary>How many requests may wait while others are answered.</summary>
    public int WorkQueue { get; init; } = DefaultWorkQueue;

    /// <summary>Reads it. Throws <see cref="CommandException"/> where a value makes no sense, without showing it: it may be a secret.</summary>
    public static RpcAccess From(ConfigurationFile configuration)
    {
        var credentials = configuration.All(Auth)
            .Select((text, i) => RpcCredential.TryParse(text) ?? throw Wrong(configuration, $"{Auth} number {i + 1} has not the form USER:SALT$HASH that rpcauth.py makes"))
            .ToList();
        var password = configuration.Find(Password);
        var user = configuration.Find(User);
        if (user is not null && password is null) throw Wrong(configuration, $"{User} needs {Password}");
        if (user?.Contains(':', StringComparison.Ordinal) == true) throw Wrong(configuration, $"{User} must not hold a colon");
        if (password is { Length: > 0 }) credentials.Add(RpcCredential.FromPassword(user ?? "", password));
        return new RpcAccess { Credentials = credentials, WorkQueue = ReadQueue(configuration) };
    }

    private static int ReadQueue(ConfigurationFile configuration)
    {
        if (configuration.Find(Queue) is not { } text) return DefaultWorkQueue;
        return int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var depth) && depth > 0
            ? depth
            : throw Wrong(configuration, $"{Queue} must be a number from 1");
    }

    private static CommandException Wrong(ConfigurationFile configuration, string what) => new($"{configuration.Path}: {what}.");
}
