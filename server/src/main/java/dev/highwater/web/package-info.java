/// The ways out over HTTP.
///
/// Read in this order: [WebServer] (the routes, and how a request comes to its handler),
/// [NodeAccess] (what the node lends to this package), [Access] (who may ask), [Problems] (how
/// failures are told), then a class for each group of requests: [RowsService], [FeedService],
/// [QueryService], [JournalService], [TablesService], [ViewsService], [StatusService], [Page]. What
/// streams goes out through an [Outflow].
@NullMarked
package dev.highwater.web;

import org.jspecify.annotations.NullMarked;
