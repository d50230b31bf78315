//! Articles and canned replies on disk, with SQLite's full-text index over title and body.

use async_trait::async_trait;
use renfort_protocol::{
    article::{ArticleHead, ArticleText, HISTORY_ROWS, MAX_ARTICLES},
    ids::{ArticleId, ReplyId},
    reply::{CannedReply, MAX_REPLIES},
    ticket::Language,
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    SqliteStore,
    convert::{from_json, int, to_json, word},
    write::Refusal,
};
use crate::store::{
    StoreError,
    articles::{
        Articles, CANDIDATES,
        terms::{Operator, Terms},
    },
};

/// How much a word in the title weighs against one in the body.
const TITLE_WEIGHT: f64 = 10.0;

fn text(row: &SqliteRow) -> Result<ArticleText, StoreError> {
    from_json(row.try_get("record")?)
}

#[async_trait]
impl Articles for SqliteStore {
    async fn article_heads(&self) -> Result<Vec<ArticleHead>, StoreError> {
        // The body is left out by the database: two thousand of them are megabytes.
        let rows = sqlx::query("SELECT json_remove(record, '$.body') AS record FROM article_texts")
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(|row| from_json(row.try_get("record")?)).collect()
    }

    async fn article_matches(&self, terms: &Terms) -> Result<Vec<(ArticleId, Language)>, StoreError> {
        let rows = sqlx::query(
            "SELECT json_remove(record, '$.body') AS record FROM article_words JOIN article_texts ON number = article_words.rowid \
             WHERE article_words MATCH ? ORDER BY bm25(article_words, ?, 1.0), number",
        )
        .bind(terms.expression(Operator::All))
        .bind(TITLE_WEIGHT)
        .fetch_all(&self.readers)
        .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let head: ArticleHead = from_json(row.try_get("record")?)?;
            found.push((head.article, head.language));
        }
        Ok(found)
    }

    async fn candidates(&self, terms: &Terms) -> Result<Vec<ArticleText>, StoreError> {
        let rows = sqlx::query(
            "SELECT record FROM article_words JOIN article_texts ON number = article_words.rowid \
             WHERE article_words MATCH ? AND state = 'published' ORDER BY bm25(article_words, ?, 1.0), number LIMIT ?",
        )
        .bind(terms.expression(Operator::Any))
        .bind(TITLE_WEIGHT)
        .bind(CANDIDATES)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(text).collect()
    }

    async fn article_texts(&self, article: ArticleId) -> Result<Vec<ArticleText>, StoreError> {
        let rows = sqlx::query("SELECT record FROM article_texts WHERE article = ? ORDER BY language")
            .bind(article.to_string())
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(text).collect()
    }

    async fn article_history(&self, article: ArticleId, language: Language) -> Result<Vec<ArticleHead>, StoreError> {
        let rows = sqlx::query(
            "SELECT json_remove(record, '$.body') AS record FROM article_versions \
             WHERE article = ? AND language = ? ORDER BY version DESC LIMIT ?",
        )
        .bind(article.to_string())
        .bind(word(language)?)
        .bind(int(HISTORY_ROWS as u64))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| from_json(row.try_get("record")?)).collect()
    }

    async fn article_version(
        &self,
        article: ArticleId,
        language: Language,
        version: u64,
    ) -> Result<Option<ArticleText>, StoreError> {
        let row = sqlx::query("SELECT record FROM article_versions WHERE article = ? AND language = ? AND version = ?")
            .bind(article.to_string())
            .bind(word(language)?)
            .bind(int(version))
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(text).transpose()
    }

    async fn replies(&self) -> Result<Vec<CannedReply>, StoreError> {
        let rows = sqlx::query("SELECT record FROM replies")
            .fetch_all(&self.readers)
            .await?;
        let replies: Result<Vec<CannedReply>, StoreError> =
            rows.iter().map(|row| from_json(row.try_get("record")?)).collect();
        replies.map(crate::store::articles::by_title)
    }

    async fn reply(&self, id: ReplyId) -> Result<Option<CannedReply>, StoreError> {
        let row = sqlx::query("SELECT record FROM replies WHERE id = ?")
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| from_json(row.try_get("record")?)).transpose()
    }
}

/// Writes a text and its version; false when what is stored is not what was expected.
pub(super) async fn put(on: &mut SqliteConnection, text: &ArticleText, expected: Option<u64>) -> Result<bool, Refusal> {
    let (article, language, record) = (text.article.to_string(), word(text.language)?, to_json(text)?);
    let query = match expected {
        None => sqlx::query(
            "INSERT INTO article_texts (version, state, title, body, record, article, language) \
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 \
             WHERE EXISTS (SELECT 1 FROM article_texts WHERE article = ?6) \
                OR (SELECT count(DISTINCT article) FROM article_texts) < ?8 \
             ON CONFLICT (article, language) DO NOTHING",
        ),
        Some(_) => sqlx::query(
            "UPDATE article_texts SET version = ?1, state = ?2, title = ?3, body = ?4, record = ?5 \
             WHERE article = ?6 AND language = ?7 AND version = ?8",
        ),
    };
    let written = query
        .bind(int(text.version))
        .bind(word(text.state)?)
        .bind(text.title.as_str())
        .bind(text.body.as_str())
        .bind(&record)
        .bind(&article)
        .bind(&language)
        .bind(int(expected.unwrap_or(MAX_ARTICLES as u64)))
        .execute(&mut *on)
        .await?;
    if written.rows_affected() != 1 {
        return Ok(false);
    }
    sqlx::query("INSERT INTO article_versions (article, language, version, record) VALUES (?, ?, ?, ?)")
        .bind(article)
        .bind(language)
        .bind(int(text.version))
        .bind(record)
        .execute(on)
        .await?;
    Ok(true)
}

/// Writes a reply; false when what is stored is not what was expected.
pub(super) async fn put_reply(
    on: &mut SqliteConnection,
    reply: &CannedReply,
    expected: Option<u64>,
) -> Result<bool, Refusal> {
    let query = match expected {
        None => sqlx::query(
            "INSERT INTO replies (version, record, id) SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM replies) < ?4 \
             ON CONFLICT (id) DO NOTHING",
        ),
        Some(_) => sqlx::query("UPDATE replies SET version = ?1, record = ?2 WHERE id = ?3 AND version = ?4"),
    };
    let written = query
        .bind(int(reply.version))
        .bind(to_json(reply)?)
        .bind(reply.id.to_string())
        .bind(int(expected.unwrap_or(MAX_REPLIES as u64)))
        .execute(on)
        .await?;
    Ok(written.rows_affected() == 1)
}

/// Removes a reply; false when what is stored is not what was expected.
pub(super) async fn delete_reply(on: &mut SqliteConnection, id: ReplyId, expected: u64) -> Result<bool, Refusal> {
    let removed = sqlx::query("DELETE FROM replies WHERE id = ? AND version = ?")
        .bind(id.to_string())
        .bind(int(expected))
        .execute(on)
        .await?;
    Ok(removed.rows_affected() == 1)
}
